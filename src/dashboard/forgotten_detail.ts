import type { JobRow } from "../run/run_snapshot.ts";
import type { JobDetail } from "./api.ts";

/** Returns what is left of a job that the store has dropped: its numbers. */
export function forgottenDetail(flowId: string, row: JobRow): JobDetail {
  const { jobId, status, createdAt, endedAt, startedAt, error } = row;
  const { queued, held, executing, completed, failed, skipped, cancelled, retried } = row;
  return {
    row,
    counts: {
      queued,
      executing,
      completed,
      failed,
      skipped,
      cancelled,
      known: queued + held + executing + completed + failed + skipped + cancelled,
      retries: retried,
      withdrawn: 0,
      unrouted: 0,
      logEntries: 0,
      events: 0,
    },
    trace: {
      jobId,
      flowId,
      status,
      createdAt,
      lastAt: endedAt ?? startedAt ?? createdAt,
      endedAt,
      error: undefined,
      activations: [],
      waits: [],
      isPartial: true,
    },
    omitted: completed + failed + skipped + cancelled,
    sharedData: [],
    routineStates: [],
    log: [],
    failedPayloads: [],
    error: error && { name: error.name, message: error.message },
    history: [],
    waits: [],
    omittedWaits: 0,
    waitingFor: [],
  };
}
