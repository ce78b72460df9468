// Checks the filter of a list of jobs, so that all stores accept and refuse the same filters.

import { checkAmount, checkText, checkTime } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import type { JobStatus } from "../engine/job.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import type { JobFilter } from "./store.ts";

/**
 * The position of a job in a list: newer jobs come first; among jobs of the same time, the one that was added
 * last.
 */
export interface JobPlace {
  /** The time at which the job was created, in epoch milliseconds. */
  readonly createdAt: number;
  /** The number of the job in the store. */
  readonly number: number;
}

/** A filter that has been checked. */
export interface CheckedFilter {
  readonly flowId: string | undefined;
  readonly statuses: readonly JobStatus[] | undefined;
  readonly since: number;
  readonly limit: number;
  readonly after: JobPlace | undefined;
}

/** The valid statuses. */
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
  after: (_, cursor) => placeOf(cursor),
};

/**
 * Checks a filter.
 *
 * @throws {InvalidOptionError} If a field of the filter has an invalid value.
 */
export function checkFilter(filter: JobFilter | undefined): CheckedFilter {
  const checked = checkOptions("store.jobs", filter, JOB_FILTER);
  const { flowId, status, since = -Infinity, limit = Infinity, after } = checked;
  const statuses = status === undefined ? undefined : [...new Set([status].flat())];
  return {
    flowId,
    statuses,
    since,
    limit,
    after: after === undefined ? undefined : placeOf(after),
  };
}

/** Returns the position of a job in a list as a string. */
export function cursorOf({ createdAt, number }: JobPlace): string {
  return `${createdAt}/${number}`;
}

function placeOf(cursor: unknown): JobPlace {
  const [createdAt = NaN, number = NaN, ...rest] = typeof cursor === "string"
    ? cursor.split("/").map((part) => part.trim() === "" ? NaN : Number(part))
    : [];
  if (Number.isFinite(createdAt) && Number.isSafeInteger(number) && rest.length === 0) {
    return { createdAt, number };
  }
  throw new InvalidOptionError("after", cursor, "the cursor of a job that jobs() gave");
}

function checkStatus(option: string, value: unknown): void {
  for (const status of Array.isArray(value) ? value : [value]) {
    if (typeof status === "string" && Object.hasOwn(STATUSES, status)) continue;
    const known = Object.keys(STATUSES).map((name) => JSON.stringify(name)).join(", ");
    throw new InvalidOptionError(option, status, `one of ${known}, or a list of them`);
  }
}
