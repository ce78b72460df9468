// The numbers of the sample run, counted from its traces.

import type { JobStatus } from "../../src/engine/job.ts";
import type { GraphShape } from "../../src/run/graph_shape.ts";
import type { JobTrace, TracedActivation } from "../../src/run/job_trace.ts";
import type {
  ActivationCounts,
  FailureGroup,
  JobRow,
  RoutineSnapshot,
  RoutineWaits,
  RunSnapshot,
  WorkerSnapshot,
} from "../../src/run/run_snapshot.ts";
import { GRAPH, START } from "./sample_run.ts";

/** Returns a row of the list of jobs. */
export function sampleRow(trace: JobTrace): JobRow {
  const { jobId, status, createdAt, endedAt, error, activations } = trace;
  const attempts = activations.flatMap(({ attempts }) => attempts);
  return {
    ...countsOf(activations, trace.waits.filter(({ outcome }) => outcome === "waiting").length),
    jobId,
    status,
    createdAt,
    startedAt: attempts[0]?.startedAt,
    endedAt,
    executingRoutines: activations.filter(({ outcome }) => outcome === "executing")
      .map(({ routineId }) => routineId),
    progress: status === "running" && activations.length % 2 === 1
      ? { routineId: "enrich", text: '{ done: 2, of: 3, stage: "look up" }', fraction: 2 / 3 }
      : undefined,
    error: error === undefined
      ? undefined
      : { routineId: "enrich", name: error.name, message: error.message },
  };
}

/** Returns the numbers of a flow in which activations of `enrich` wait for limits. */
export function limitedSnapshot(snapshot: RunSnapshot): RunSnapshot {
  const { at } = snapshot;
  const none: RoutineWaits = { limited: 0, delayed: 0, keys: 0, limits: [] };
  const waits: RoutineWaits = {
    limited: 14,
    delayed: 3,
    keys: 12,
    limits: [
      { key: "north.example.org", executing: 1, waiting: 12, starts: 10, nextAt: at + 400 },
      { key: "south.example.org", executing: 4, waiting: 2, starts: 7 },
    ],
  };
  return {
    ...snapshot,
    routines: snapshot.routines.map((routine) => ({
      ...routine,
      waits: routine.routineId === "enrich" ? waits : none,
    })),
  };
}

/** Returns the numbers of all jobs. */
export function sampleSnapshot(
  traces: readonly JobTrace[],
  status: RunSnapshot["status"],
  graph: GraphShape = GRAPH,
): RunSnapshot {
  const all = traces.flatMap(({ activations }) => activations);
  const rows = traces.map(sampleRow);
  const at = Math.max(START, ...traces.map(({ lastAt }) => lastAt));
  const jobs: Record<JobStatus, number> = {
    pending: 0,
    running: 0,
    paused: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const trace of traces) jobs[trace.status]++;
  const workers = workersOf(traces);
  return {
    flowId: "readings",
    status,
    at,
    since: START,
    maxWorkers: 4,
    concurrency: 4,
    jobs,
    expectedJobs: undefined,
    totals: countsOf(all, traces.flatMap(({ waits }) => waits).length),
    rate: status === "running" ? 41.6 : 0,
    eta: undefined,
    routines: graph.routines.map(({ routineId }) =>
      routineOf(routineId, all.filter((activation) => activation.routineId === routineId))
    ),
    connections: graph.connections.map((connection) => ({
      ...connection,
      delivered:
        all.filter(({ routineId, event, slot }) =>
          routineId === connection.to && event === connection.event && slot === connection.slot
        ).length,
    })),
    workers,
    workersBusy: workers.filter(({ executing }) => executing.length > 0).length,
    workersLost: 0,
    longestJobs: rows.filter((row) => row.status === "running").slice(0, 5),
    failedJobs: rows.filter((row) => row.status === "failed").toReversed().slice(0, 5),
    failures: failuresOf(traces),
  };
}

function countsOf(activations: readonly TracedActivation[], waiting: number): ActivationCounts {
  const number = (wanted: string) => activations.filter(({ outcome }) => outcome === wanted).length;
  return {
    queued: number("queued"),
    held: number("held"),
    executing: number("executing"),
    waiting,
    completed: number("completed"),
    failed: number("failed"),
    skipped: number("skipped"),
    cancelled: number("cancelled"),
    retried: activations.flatMap(({ attempts }) => attempts)
      .filter(({ outcome }) => outcome === "retried").length,
  };
}

function routineOf(routineId: string, own: readonly TracedActivation[]): RoutineSnapshot {
  const lengths = own.flatMap(({ attempts }) => attempts).flatMap(({ startedAt, endedAt }) =>
    endedAt === undefined ? [] : [endedAt - startedAt]
  ).sort((a, b) => a - b);
  const part = (share: number) => lengths[Math.floor(share * (lengths.length - 1))];
  return {
    ...countsOf(own, 0),
    routineId,
    executions: lengths.length,
    p50: part(0.5),
    p95: part(0.95),
    max: lengths.at(-1),
    busy: lengths.reduce((sum, length) => sum + length, 0),
    eta: undefined,
  };
}

function workersOf(traces: readonly JobTrace[]): WorkerSnapshot[] {
  const attempts = traces.flatMap(({ jobId, activations }) =>
    activations.flatMap(({ activationId, routineId, attempts }) =>
      attempts.map((attempt) => ({ jobId, activationId, routineId, ...attempt }))
    )
  );
  const byWorker = Map.groupBy(attempts, ({ workerId }) => workerId);
  return [...byWorker].sort(([a], [b]) => a.localeCompare(b)).map(([workerId, own]) => ({
    workerId,
    isLost: false,
    ended: own.filter(({ endedAt }) => endedAt !== undefined).length,
    busy: own.reduce((sum, { startedAt, endedAt = startedAt }) => sum + endedAt - startedAt, 0),
    executing: own.filter(({ outcome }) => outcome === "executing").map((attempt) => ({
      jobId: attempt.jobId,
      activationId: attempt.activationId,
      routineId: attempt.routineId,
      attempt: attempt.attempt,
      since: attempt.startedAt,
    })),
  }));
}

function failuresOf(traces: readonly JobTrace[]): FailureGroup[] {
  const failed = traces.flatMap(({ jobId, activations }) =>
    activations.flatMap(({ activationId, routineId, attempts }) =>
      attempts.flatMap(({ error, endedAt = 0 }) =>
        error === undefined ? [] : [{ jobId, activationId, routineId, error, endedAt }]
      )
    )
  ).sort((a, b) => a.endedAt - b.endedAt);
  const groups = Map.groupBy(failed, ({ routineId, error }) => `${routineId} ${error.name}`);
  return [...groups.values()].flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { routineId, jobId, activationId, error: { name, message, stack } } = last;
    return [{
      routineId,
      name,
      message,
      place: /\((.*)\)/.exec(stack ?? "")?.[1],
      stack,
      count: group.length,
      firstAt: first.endedAt,
      lastAt: last.endedAt,
      jobId,
      activationId,
    }];
  });
}
