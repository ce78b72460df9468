import { serializeError } from "../data/serialized_error.ts";
import type { JobState } from "../flow/job_state.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import { errorSnapshot } from "./error_place.ts";
import type { ErrorSnapshot, JobRow, ProgressSnapshot } from "./run_snapshot.ts";
import { mostWaits, recordedWaits } from "./with_waits.ts";

/** Returns the row of a job from its state, without its events. */
export function rowOf(job: JobState, progress?: ProgressSnapshot): JobRow {
  const { jobId, status, createdAt, startedAt, endedAt, counts, executing, waitingFor } = job;
  const { queued, completed, failed, skipped, cancelled, retries, known } = counts;
  const waits = isEndStatus(status) || counts.executing > 0
    ? []
    : mostWaits(recordedWaits(job.waits));
  const ended = completed + failed + skipped + cancelled;
  return {
    jobId,
    status,
    createdAt,
    startedAt,
    endedAt,
    queued,
    held: Math.max(0, known - ended - queued - counts.executing),
    executing: counts.executing,
    waiting: waitingFor.length,
    completed,
    failed,
    skipped,
    cancelled,
    retried: retries,
    executingRoutines: [...new Set(executing.map(({ routineId }) => routineId))],
    progress,
    error: errorOf(job),
    ...waits.length > 0 && { waits },
  };
}

function errorOf({ error, errors }: JobState): ErrorSnapshot | undefined {
  const last = error ?? errors.at(-1);
  if (last === undefined) return undefined;
  const { routineId } = last as Error & { readonly routineId?: unknown };
  return errorSnapshot(serializeError(last), typeof routineId === "string" ? routineId : undefined);
}
