import { checkAmount, checkDuration, checkFlag } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";

/**
 * The part of the past that a store retains; the rest is dropped as jobs end, the oldest first.
 * Jobs that have not ended are always stored.
 *
 * @example Keeping a week, but no more than a thousand jobs
 * ```ts
 * import { MemoryStore, type Retention } from "@millrace/flow/store";
 *
 * const retention: Retention = { jobs: 1_000, age: 7 * 24 * 60 * 60 * 1000 };
 * const store = new MemoryStore({ retention });
 * ```
 */
export interface Retention {
  /** Ended jobs, the latest to end. */
  readonly jobs?: number;
  /** Milliseconds that a job stays after its end. */
  readonly age?: number;
  /**
   * JobEvents of each job, the latest. A job that is started has no more than that in `job.errors`
   * either, and never more than 100,000.
   */
  readonly events?: number;
  /**
   * Retains payloads of 1 kB and more that have done their work: those of activations that
   * have committed. Otherwise they go when the job is next stored as a snapshot, at the latest when it
   * ends; their JobEvents stay, and are marked as `dropped`. Then `job.executionHistory` shows of an
   * emit without its payload, and `flow.rerun` begins with activations that have not committed, as the
   * one that failed, and with those whose payloads are small. In memory, payloads go with their
   * JobEvents.
   */
  readonly payloads?: boolean;
}

/** The parts of a retention, each with its check. */
const RETENTION: OptionChecks<Retention> = {
  jobs: checkAmount,
  age: checkDuration,
  events: checkAmount,
  payloads: checkFlag,
};

/**
 * Refuses a retention that cannot be: the check of the option of that name.
 *
 * @throws {InvalidOptionError} If a part of it is no count, or no time.
 */
export function checkRetention(option: string, given: unknown): void {
  checkOptions(option, given as Retention, RETENTION, `${option}.`);
}

/** Fills in a retention. */
export function retentionOf(
  given: Retention | undefined,
  defaults: Required<Retention>,
): Required<Retention> {
  return { ...defaults, ...checkOptions("retention", given, RETENTION, "retention.") };
}
