import type { EventsOptions, JobEvent } from "@millrace/flow";
import { HANGS } from "../routines/latches.ts";

/** Anything that JobEvents come from. */
interface Source {
  events(options?: EventsOptions): AsyncIterable<JobEvent>;
}

/** Waits for the next JobEvent of a kind that fits. */
export async function nextEvent<Type extends JobEvent["type"]>(
  flow: Source,
  type: Type,
  fits: (event: Extract<JobEvent, { type: Type }>) => boolean = () => true,
): Promise<Extract<JobEvent, { type: Type }>> {
  for await (const event of flow.events({ signal: AbortSignal.timeout(HANGS) })) {
    const one = event as Extract<JobEvent, { type: Type }>;
    if (event.type === type && fits(one)) return one;
  }
  throw new Error(`there was no ${type} to wait for`);
}
