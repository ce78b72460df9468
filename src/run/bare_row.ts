import type { JobSummary } from "../store/store.ts";
import { namedCounts, noCounts } from "./counts.ts";
import type { JobRow } from "./run_snapshot.ts";

/**
 * Returns the row of a job of which no more than its summary can be read.
 *
 * @param summary The summary.
 * @param reason The reason for which the rest cannot be read, if it was damaged.
 */
export function bareRow(
  { jobId, status, createdAt, endedAt }: Pick<
    JobSummary,
    "jobId" | "status" | "createdAt" | "endedAt"
  >,
  reason?: unknown,
): JobRow {
  const base = { jobId, status, createdAt, startedAt: undefined, endedAt };
  const rest = { ...namedCounts(noCounts()), executingRoutines: [], progress: undefined };
  if (reason === undefined) return { ...base, ...rest, error: undefined };
  const { name, message } = reason instanceof Error ? reason : new Error(String(reason));
  return { ...base, ...rest, error: { routineId: undefined, name, message } };
}
