import type { JobEvent } from "@millrace/flow";

/** A wait that takes longer than this is a failure, so that no test hangs. */
const HANGS = 30_000;

/**
 * Reads events until one is found.
 *
 * @param events As `flow.events()` gives them; begin to read before the event can happen.
 */
export async function until(
  events: AsyncIterableIterator<JobEvent>,
  isIt: (event: JobEvent) => boolean,
): Promise<JobEvent> {
  const given = setTimeout(() => void events.return?.(), HANGS);
  try {
    for await (const event of events) if (isIt(event)) return event;
  } finally {
    clearTimeout(given);
  }
  throw new Error("it did not happen");
}

/** Returns a check whether an event is of a type. */
export function of(type: JobEvent["type"]): (event: JobEvent) => boolean {
  return (event) => event.type === type;
}
