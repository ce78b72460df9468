import { checkAmount, checkDuration, checkFlag } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";

/**
 * The records that a store retains. The oldest records beyond that are dropped when jobs end. Jobs that have
 * not ended are always retained.
 *
 * @example Retaining a week, but at most a thousand jobs
 * ```ts
 * import { MemoryStore, type Retention } from "@millrace/flow/store";
 *
 * const retention: Retention = { jobs: 1_000, age: 7 * 24 * 60 * 60 * 1000 };
 * const store = new MemoryStore({ retention });
 * ```
 */
export interface Retention {
  /** The number of ended jobs, of which the last to end are retained. */
  readonly jobs?: number;
  /** The time that a job is retained after its end, in milliseconds. */
  readonly age?: number;
  /**
   * The number of JobEvents of each job, of which the latest are retained. It also limits the errors in
   * `job.errors` of a job that is started, which are at most 100,000.
   */
  readonly events?: number;
  /**
   * `true` to retain the payloads of 1 kB and more of activations that have committed. Otherwise they are
   * dropped with the next snapshot of the job, at the latest when it ends. Their JobEvents stay, and are
   * marked as `dropped`: `job.executionHistory` then shows the emit without its payload, and `flow.rerun` can
   * begin only with activations that have not committed, such as the one that failed, or that have small
   * payloads. In memory, payloads are dropped with their JobEvents.
   */
  readonly payloads?: boolean;
}

/** The checks of the fields of a retention. */
const RETENTION: OptionChecks<Retention> = {
  jobs: checkAmount,
  age: checkDuration,
  events: checkAmount,
  payloads: checkFlag,
};

/**
 * Checks the option `retention`.
 *
 * @throws {InvalidOptionError} If a field has an invalid value, or is unknown.
 */
export function checkRetention(option: string, given: unknown): void {
  checkOptions(option, given as Retention, RETENTION, `${option}.`);
}

/** Completes a retention with defaults. */
export function retentionOf(
  given: Retention | undefined,
  defaults: Required<Retention>,
): Required<Retention> {
  return { ...defaults, ...checkOptions("retention", given, RETENTION, "retention.") };
}
