import { checkDuration } from "../data/option.ts";
import { InvalidOptionError } from "../errors/invalid_option_error.ts";

/**
 * What a store keeps; the rest is dropped as jobs end, the oldest first. Jobs that have not ended are
 * kept always.
 *
 * @example Keeping a week, but no more than a thousand jobs
 * ```ts
 * import { MemoryStore, type Retention } from "@millrace/flow";
 *
 * const retention: Retention = { jobs: 1_000, age: 7 * 24 * 60 * 60 * 1000 };
 * const store = new MemoryStore({ retention });
 * ```
 */
export interface Retention {
  /** Ended jobs, the latest to end. */
  readonly jobs?: number;
  /** How long after its end a job is kept, in milliseconds. */
  readonly age?: number;
  /** JobEvents of each job, the latest. */
  readonly events?: number;
}

/**
 * Fills in and checks a retention.
 *
 * @param given What the user gave.
 * @param defaults What holds otherwise.
 * @throws {InvalidOptionError} If a part of it is no count, or no time.
 */
export function checkRetention(
  given: Retention | undefined,
  defaults: Required<Retention>,
): Required<Retention> {
  const { jobs, age, events } = { ...defaults, ...given };
  return {
    jobs: checkLimit("retention.jobs", jobs),
    age: checkDuration("retention.age", age),
    events: checkLimit("retention.events", events),
  };
}

function checkLimit(option: string, value: number): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 0, or Infinity");
}
