// The options and the result of `flow.events`, and the treatment of slow readers. `Flow` checks the options,
// `EventReader` applies them.

import type { JobEvent } from "../engine/job_event.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";

/**
 * Options of `flow.events`.
 *
 * @example The events of one job, to its end
 * ```ts
 * import { type EventsOptions, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const options: EventsOptions = { jobId: "night", after: 0 };
 * flow.start("fibonacci.n", 20, { jobId: "night" });
 * const types: string[] = [];
 * for await (const { type } of flow.events(options)) types.push(type);
 * console.log(types.at(0), types.at(-1)); // job_started job_completed
 * ```
 */
export interface EventsOptions {
  /**
   * Restricts the iteration to the JobEvents of this job, and ends with the job. For a job that has ended, in
   * this process or an earlier one, the stored events are returned. An unknown job is waited for, unless the
   * store has recently dropped it by its retention: then the iteration ends at once.
   */
  readonly jobId?: string;
  /**
   * The number of the JobEvent after which the iteration begins, such as the `seq` of the last one read.
   * Stored events come first, then new ones, without gaps or repetitions. 0 begins with the start of the job.
   * Events that the retention has dropped are missing, which shows as a gap in the numbers. Requires a
   * `jobId`.
   *
   * @default {0} for a job that has ended. For any other job, the iteration begins with the next event.
   */
  readonly after?: number;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /**
   * The maximum number of unread JobEvents. Events that `after` reads from the store do not count.
   *
   * @default {100_000}
   */
  readonly maxUnread?: number;
  /**
   * The action when more than `maxUnread` are unread:
   *
   * - `"fail"` ends the iteration with a `SlowReaderError`. The number is checked between two turns of the
   *   event loop, so that a burst does not fail a reader that keeps up.
   * - `"drop"` drops the oldest events; `dropped` of the {@linkcode EventStream} counts them.
   * - `"wait"` makes the flow wait for the reader, or only the job if the reader has a `jobId`: no activation
   *   begins until half of the events are read, and flushes wait as they do for `highWaterMark`. Executing
   *   activations go on, and so do `start`, `signal`, `cancel` and `close`, so the number of unread events
   *   can exceed the limit. A reader that itself waits for the flow causes a deadlock, which `maxWait` ends.
   *
   * @default {"fail"}
   */
  readonly whenFull?: "fail" | "drop" | "wait";
  /**
   * The time that a flow or job waits for a reader to read the next event, in milliseconds, with `"wait"`.
   * After that, the iteration ends with a `SlowReaderError`, and the flow goes on. The clock starts when the
   * flow begins to wait, and restarts whenever an event is read.
   *
   * @default {60_000}
   */
  readonly maxWait?: number;
}

/**
 * The JobEvents over which `flow.events` iterates.
 *
 * @example A display that may miss events, and shows their number
 * ```ts
 * import { type EventStream, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const events: EventStream = flow.events({ jobId: "night", maxUnread: 2, whenFull: "drop" });
 * await flow.execute("fibonacci.n", 20, { jobId: "night" });
 * const types = (await Array.fromAsync(events)).map(({ type }) => type);
 * console.log(types, events.dropped); // [ "activation_completed", "job_completed" ] 2
 * ```
 */
export interface EventStream extends AsyncIterableIterator<JobEvent> {
  /** The number of JobEvents that were dropped because too many were unread. */
  readonly dropped: number;
  /** Resolves when no more JobEvents can follow the unread ones. */
  readonly closed: Promise<void>;
  /**
   * Returns all unread JobEvents at once, without waiting for more. For a view that looks several times a
   * second, this costs less than an iteration.
   *
   * @throws {SlowReaderError} Once, if the iteration has ended because too many were unread.
   */
  take(): JobEvent[];
}

/** The bound on unread events, and the action when it is exceeded. */
export type ReaderBound = Required<Pick<EventsOptions, "maxUnread" | "whenFull" | "maxWait">>;

/**
 * Returns the bound on the unread events of a reader.
 *
 * @param options The options, which were checked one by one.
 * @throws {InvalidOptionError} If the options contradict each other.
 */
export function boundOf(options: EventsOptions): ReaderBound {
  const { maxUnread = 100_000, whenFull = "fail", maxWait = 60_000, after, jobId } = options;
  if (after !== undefined && jobId === undefined) {
    throw new InvalidOptionError("after", after, "given together with a jobId");
  }
  if (options.maxWait !== undefined && whenFull !== "wait") {
    throw new InvalidOptionError("maxWait", maxWait, 'given together with whenFull: "wait"', {
      message: `maxWait is for whenFull: "wait" alone, and whenFull is "${whenFull}"; leave it out`,
    });
  }
  return { maxUnread, whenFull, maxWait };
}
