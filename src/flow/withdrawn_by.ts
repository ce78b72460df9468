import type { Job } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import { SignalIndex } from "../engine/signal_index.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import type { WithdrawOptions } from "./flow_options.ts";

/**
 * Returns the waits of a job that the options select.
 *
 * @throws {InvalidOptionError} If not exactly one of `waitId` and `signal` is given.
 */
export function withdrawnBy(job: Job, options: WithdrawOptions): Wait[] {
  const { waitId, signal } = options;
  if ((waitId === undefined) === (signal === undefined)) {
    const given = waitId === undefined ? "neither" : "both";
    throw new InvalidOptionError("waitId or signal", given, "exactly one of the two");
  }
  if (signal !== undefined) return [...SignalIndex.of(job).waits(signal)];
  const wait = waitId === undefined ? undefined : job.waits?.get(waitId);
  return wait === undefined ? [] : [wait];
}
