// The checks of the options of the calls of a flow and a job, except those of a start, in `start_options.ts`. The
// calls themselves are in `flow.ts`, `wiring.ts`, `job_intake.ts` and `job_view.ts`.

import {
  checkCount,
  checkDuration,
  checkFields,
  checkFunction,
  checkId,
  checkLimit,
  checkNumber,
  checkOneOf,
  checkSignal,
  checkSpan,
  checkText,
  checkTexts,
} from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import type { Rate } from "../engine/rate_window.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { ROUTINE_POLICY } from "../graph/check_policy.ts";
import type { AddOptions } from "./add_options.ts";
import type { EventsOptions } from "./events_options.ts";
import type {
  CloseOptions,
  ConnectOptions,
  RecoverOptions,
  RerunOptions,
  ValidateOptions,
  WithdrawOptions,
} from "./flow_options.ts";
import type { WaitOptions } from "./job_state.ts";

/** The checks of the options of `flow.add`. */
export const ADD: OptionChecks<AddOptions<object>> = {
  ...ROUTINE_POLICY,
  config: checkFields,
  concurrency: checkLimit,
  rate: (option, value) => {
    if (typeof value !== "object" || value === null) {
      throw new InvalidOptionError(option, value, "an object, as { limit: 10, per: 1_000 }");
    }
    const { limit, per } = checkOptions(option, value as Rate, RATE, `${option}.`);
    if (limit === undefined) checkCount(`${option}.limit`, limit);
    if (per === undefined) checkSpan(`${option}.per`, per);
  },
  limitBy: checkFunction,
};

/** The checks of a rate. */
const RATE: OptionChecks<Rate> = { limit: checkCount, per: checkSpan };

/**
 * Refuses `limitBy` without a limit that it could apply to.
 *
 * @throws {InvalidOptionError} If there is none.
 */
export function checkLimitBy({ concurrency, rate, limitBy }: AddOptions<object>): void {
  if (limitBy === undefined || concurrency !== undefined || rate !== undefined) return;
  throw new InvalidOptionError("limitBy", limitBy, "a limit", {
    message: "limitBy has no limit; add concurrency, rate or both, as the limits of each key",
  });
}

/** The checks of the options of `flow.connect`. */
export const CONNECT: OptionChecks<ConnectOptions> = {
  map(option, value) {
    for (const [name, to] of Object.entries(checkFields(option, value))) {
      checkText(`${option}.${name}`, to);
    }
  },
};

/** The checks of the options of `flow.validate`. */
export const VALIDATE: OptionChecks<ValidateOptions> = { entries: checkTexts };

/** The checks of the options of `flow.recover`. */
export const RECOVER: OptionChecks<RecoverOptions> = {
  changed: checkOneOf("refuse", "continue", "cancel"),
};

/** The checks of the options of `flow.rerun`. */
export const RERUN: OptionChecks<RerunOptions> = {
  from: checkText,
  jobId: checkId,
  timeout: checkDuration,
  signal: checkSignal,
};

/** The checks of the options of `flow.events`. */
export const EVENTS: OptionChecks<EventsOptions> = {
  jobId: checkText,
  after: checkNumber,
  signal: checkSignal,
  maxUnread: checkLimit,
  whenFull: checkOneOf("fail", "drop", "wait"),
  maxWait: checkDuration,
};

/** The checks of the options of `flow.withdraw`. */
export const WITHDRAW: OptionChecks<WithdrawOptions> = {
  waitId: checkText,
  signal: checkText,
  reason: checkText,
};

/** The checks of the options of `flow.close`. */
export const CLOSE: OptionChecks<CloseOptions> = { jobs: checkOneOf("cancel", "keep") };

/** The checks of the options of `job.waitForCompletion`. */
export const WAIT: OptionChecks<WaitOptions> = { timeout: checkDuration, signal: checkSignal };

/**
 * Returns the id of a job that was passed to a call, as an id or as a JobState.
 *
 * @throws {InvalidOptionError} If the argument is neither.
 */
export function jobIdOf(job: unknown): string {
  const jobId = typeof job === "object" && job !== null && "jobId" in job ? job.jobId : job;
  if (typeof jobId === "string") return jobId;
  throw new InvalidOptionError("job", job, "a job, or its id");
}
