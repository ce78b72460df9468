import type { JobRow, RoutineSnapshot, RunSnapshot } from "../../src/run/run_snapshot.ts";

const NONE = {
  queued: 0,
  held: 0,
  executing: 0,
  waiting: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  retried: 0,
};

/** Returns a snapshot of a run that has just begun, with other values for some fields. */
export function fakeSnapshot(fields: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    flowId: "orders",
    status: "running",
    at: 65_000,
    since: 0,
    maxWorkers: 4,
    concurrency: 4,
    jobs: { pending: 0, running: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 },
    expectedJobs: undefined,
    totals: NONE,
    rate: 0,
    eta: undefined,
    routines: [],
    connections: [],
    workers: [],
    workersBusy: 0,
    workersLost: 0,
    longestJobs: [],
    failedJobs: [],
    failures: [],
    ...fields,
  };
}

/** Returns a routine that has done nothing, with other values for some fields. */
export function fakeRoutine(
  routineId: string,
  fields: Partial<RoutineSnapshot> = {},
): RoutineSnapshot {
  const times = {
    executions: 0,
    p50: undefined,
    p95: undefined,
    max: undefined,
    busy: 0,
    eta: undefined,
  };
  return { ...NONE, ...times, routineId, ...fields };
}

/** Returns a job that has just begun, with other values for some fields. */
export function fakeJob(jobId: string, fields: Partial<JobRow> = {}): JobRow {
  return {
    ...NONE,
    jobId,
    status: "running",
    createdAt: 0,
    startedAt: 0,
    endedAt: undefined,
    executingRoutines: [],
    progress: undefined,
    error: undefined,
    ...fields,
  };
}

/** Returns a busy run with a number of routines, jobs and workers, whose ids begin with a text. */
export function busySnapshot(
  { routines = 8, jobs = 10, workers = 8, id = "" }: {
    readonly routines?: number;
    readonly jobs?: number;
    readonly workers?: number;
    readonly id?: string;
  } = {},
): RunSnapshot {
  const from = <T>(length: number, make: (i: number) => T) =>
    Array.from({ length }, (_, i) => make(i));
  const error = { routineId: `${id}classify`, name: `${id}TypeError`, message: `${id}no label` };
  return fakeSnapshot({
    flowId: `${id}documents`,
    jobs: { pending: 3, running: 120, paused: 1, completed: 2_400, failed: 12, cancelled: 2 },
    expectedJobs: 5_000,
    totals: { ...NONE, queued: 345, executing: 8, completed: 12_400, retried: 17, failed: 12 },
    rate: 1_234.5,
    eta: 72_000,
    routines: from(routines, (i) =>
      fakeRoutine(`${id}routine_${i}`, {
        queued: 13 * i,
        executing: i % 4,
        completed: 2_400 - i,
        retried: i,
        p50: 3.4 * i ** 3,
        p95: 30 * i ** 3,
        eta: i < 2 ? undefined : 1_000 * i ** 3,
      })),
    workers: from(workers, (i) => ({
      workerId: `${id}w${i + 1}`,
      isLost: i === 1,
      ended: 7,
      busy: 1,
      executing: i % 2 === 0 ? [] : [{
        jobId: `${id}job`,
        activationId: `${id}a`,
        routineId: `${id}routine_1`,
        attempt: 1,
        since: 1,
      }],
    })),
    workersBusy: Math.floor(workers / 2),
    workersLost: 1,
    longestJobs: from(jobs, (i) =>
      fakeJob(`${id}job_${i}`, {
        executing: 1,
        completed: i,
        executingRoutines: [`${id}routine_1`],
        progress: { routineId: "routine_1", text: `${id}page ${i}`, fraction: i / 10 },
      })),
    failedJobs: from(
      3,
      (i) => fakeJob(`${id}bad_${i}`, { status: "failed", endedAt: 9_000, failed: 1, error }),
    ),
  });
}
