import { checkAmount, checkText, checkTime } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import type { JobStatus } from "../engine/job.ts";
import { InvalidOptionError } from "../errors/invalid_option_error.ts";
import type { JobFilter } from "./store.ts";

const STATUSES: Readonly<Record<JobStatus, true>> = {
  pending: true,
  running: true,
  paused: true,
  completed: true,
  failed: true,
  cancelled: true,
};

const JOB_FILTER: OptionChecks<JobFilter> = {
  flowId: checkText,
  status: checkStatus,
  since: checkTime,
  limit: checkAmount,
};

/**
 * Checks which jobs a store is to list: every store refuses the same.
 *
 * @throws {InvalidOptionError} If a part of the filter has a value that it cannot have.
 */
export function checkJobFilter(filter: JobFilter | undefined): JobFilter {
  return checkOptions("store.jobs", filter, JOB_FILTER);
}

function checkStatus(option: string, value: unknown): void {
  for (const status of Array.isArray(value) ? value : [value]) {
    if (typeof status === "string" && Object.hasOwn(STATUSES, status)) continue;
    const known = Object.keys(STATUSES).map((name) => JSON.stringify(name)).join(", ");
    throw new InvalidOptionError(option, status, `one of ${known}, or a list of them`);
  }
}
