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
   * Gives the JobEvents of this job alone, and ends with it. Of a job that has ended, in this process
   * or an earlier one, those that the store has are given. A job that nobody knows is waited for,
   * unless the store has lately dropped it by its retention: then the iteration ends at once.
   */
  readonly jobId?: string;
  /**
   * Begins after the JobEvent of this number, as `seq` of the last one that was read: first those that
   * are stored, then those that happen, without a gap and none twice. 0 begins with the start of the
   * job. What retention has dropped is missing; the numbers show that. Needs a `jobId`.
   *
   * @default {0} for a job that has ended. For any other, only what happens from now on is given.
   */
  readonly after?: number;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /**
   * The number of JobEvents that may have happened without having been read. What `after` gives from
   * the store does not count.
   *
   * @default {100_000}
   */
  readonly maxUnread?: number;
  /**
   * The action when more than `maxUnread` are unread:
   *
   * - `"fail"` ends the iteration with a `SlowReaderError`. It is looked at between two turns of the
   *   event loop, so that a burst does no harm to a reader that keeps up.
   * - `"drop"` drops the oldest; `dropped` of the {@linkcode EventStream} counts them.
   * - `"wait"` lets the flow wait for the reader, or the job, if the reader has a `jobId`: no
   *   activation of it begins until half of them are read, and those that flush wait as they do for
   *   `highWaterMark`. What executes goes on, and so do `start`, `signal`, `cancel` and `close`, so some
   *   more can be unread. A reader that itself waits for the flow gets nowhere: see `maxWait`.
   *
   * @default {"fail"}
   */
  readonly whenFull?: "fail" | "drop" | "wait";
  /**
   * With `"wait"`, milliseconds that a flow or job waits for a reader to read one more; then the
   * reader ends with a `SlowReaderError`, and the flow goes on. The clock starts when the flow begins
   * to wait, and again whenever the reader has read one.
   *
   * @default {60_000}
   */
  readonly maxWait?: number;
}

/**
 * The JobEvents that `flow.events` iterates over.
 *
 * @example A display that may miss some, and shows how many
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
  /** The number of JobEvents that were dropped, as too many were unread. */
  readonly dropped: number;
}

/** The bound on what a reader leaves unread, and the action when it is passed. */
export type ReaderBound = Required<Pick<EventsOptions, "maxUnread" | "whenFull" | "maxWait">>;

/**
 * Returns the bound on what a reader may leave unread.
 *
 * @param options The options, each checked by itself.
 * @throws {InvalidOptionError} If they do not go together.
 */
export function boundOf(options: EventsOptions): ReaderBound {
  const { maxUnread = 100_000, whenFull = "fail", maxWait = 60_000, after, jobId } = options;
  if (after !== undefined && jobId === undefined) {
    throw new InvalidOptionError("after", after, "given together with a jobId");
  }
  return { maxUnread, whenFull, maxWait };
}
