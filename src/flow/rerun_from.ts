// Creates the stream of a rerun from the stream of the job that it repeats. Called by `JobIntake`.

import { copyOnceMore } from "../engine/copy_once_more.ts";
import { changeOf } from "../engine/event_table.ts";
import type { Activation, Commit, JobEvent, Wait } from "../engine/job_event.ts";
import { UnknownActivationError } from "../errors/activation_errors.ts";
import { UncloneableValueError } from "../errors/value_errors.ts";

/**
 * Returns the stream of a new job that repeats an old one from an activation on: all events before the end of
 * the activation. That activation, and all others that had not ended by then, are executed again. The stream
 * ends before the failure of the old job, so the activation that failed it is executed again as well.
 *
 * @param events The stream of the old job, from the first.
 * @param activationId The activation to execute again.
 * @param job The new job. It is created no earlier than the last event that it takes over.
 * @returns The stream of the new job; `undefined` if the old one has no such activation.
 * @throws {UncloneableValueError} If the payload of an activation that has to be executed again was moved
 * away.
 * @throws {UnknownActivationError} If the store has dropped such a payload.
 */
export function rerunFrom(
  events: readonly JobEvent[],
  activationId: string,
  { jobId, at: now, timeout }: NewJob,
): JobEvent[] | undefined {
  const end = events.findIndex((event) =>
    event.type === "job_stopping" || failsJob(event) || changeOf(event).ended === activationId
  );
  const kept = end < 0 ? events : events.slice(0, end);
  if (
    !kept.some((event) => changeOf(event).queued?.some((one) => one.activationId === activationId))
  ) {
    return undefined;
  }
  const [first] = events;
  const rename = new Rename(
    first?.jobId ?? "",
    jobId,
    new Set(kept.map((event) => changeOf(event).ended)),
  );
  const at = kept.reduce((last, event) => Math.max(last, event.at), now);
  const copies = kept.map((event, i) => ({
    ...rename.event(event),
    ...i === 0 && { createdAt: at },
  }));
  return [...copies, {
    type: "job_recovered",
    jobId,
    seq: copies.length + 1,
    at,
    fresh: true,
    // Not set in `job_started`, as the copied outages of the old job would move it.
    ...timeout < Infinity && { deadline: at + timeout },
  }];
}

/** The job that a rerun creates. */
export interface NewJob {
  readonly jobId: string;
  /** The time of its creation, in epoch milliseconds. */
  readonly at: number;
  /** The time after which it fails unless it has ended, in milliseconds. */
  readonly timeout: number;
}

/** Checks whether an event is the failure for which its job stops. */
function failsJob(event: JobEvent): boolean {
  if (event.type === "activation_failed") return !event.handled;
  return event.type === "wait_expired" && event.handled === undefined;
}

/** Rewrites the events, activations and waits of one job for another. */
class Rename {
  readonly #from: string;
  readonly #to: string;
  readonly #ended: ReadonlySet<string | undefined>;

  /**
   * @param from The old job.
   * @param to The new job.
   * @param ended The activations that have ended, and are not executed again.
   */
  constructor(from: string, to: string, ended: ReadonlySet<string | undefined>) {
    this.#from = from;
    this.#to = to;
    this.#ended = ended;
  }

  event(event: JobEvent): JobEvent {
    const renamed: Record<string, unknown> = { ...event, jobId: this.#to };
    delete renamed.deadline;
    if (event.type === "signal_received") renamed.payload = copyOf(event.payload, "signal");
    if ("activationId" in event) renamed.activationId = this.#id(event.activationId);
    if ("waitId" in event) renamed.waitId = this.#id(event.waitId);
    if ("activation" in event && event.activation !== undefined) {
      renamed.activation = this.#activation(event.activation);
    }
    if ("queued" in event) renamed.queued = event.queued.map((one) => this.#activation(one));
    if ("wait" in event) renamed.wait = this.#wait(event.wait);
    const { waits } = event as Partial<Commit>;
    if (waits !== undefined) renamed.waits = waits.map((wait) => this.#wait(wait));
    return renamed as unknown as JobEvent;
  }

  #activation({ activationId, from, transfer: _, ...rest }: Activation): Activation {
    const hasEnded = this.#ended.has(activationId);
    if (!hasEnded && rest.dropped) throw droppedPayload(this.#from, activationId);
    return {
      ...rest,
      // Objects that the old job moves are copied, as they belong to that job.
      payload: hasEnded ? rest.payload : copyOf(rest.payload, `activation "${activationId}"`),
      activationId: this.#id(activationId),
      ...from !== undefined && { from: this.#id(from) },
    };
  }

  #wait(wait: Wait): Wait {
    const { waitId, activationId } = wait;
    return { ...wait, waitId: this.#id(waitId), activationId: this.#id(activationId) };
  }

  #id(id: string): string {
    return this.#to + id.slice(this.#from.length);
  }
}

function droppedPayload(jobId: string, activationId: string): UnknownActivationError {
  return new UnknownActivationError(
    `job "${jobId}" cannot be rerun from there: it needs the payload of activation "${activationId}", which the retention of the store has dropped; begin with an activation that has not committed, or retain payloads with retention.payloads`,
    { jobId, activationId },
  );
}

/** Copies a payload for a job, as payloads of several jobs may be sent to one worker in one message. */
function copyOf(payload: unknown, of: string): unknown {
  try {
    return copyOnceMore(payload);
  } catch (cause) {
    throw new UncloneableValueError(
      `payload of ${of}`,
      "was moved to a worker and is gone; begin with an activation that still has its payload",
      { cause },
    );
  }
}
