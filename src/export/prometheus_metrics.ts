// The metrics of a flow, in the order in which they are written: name, type, help, and the samples that a snapshot
// has of each. `prometheus_text.ts` writes them down.

import type { JobStatus } from "../engine/job.ts";
import type { ActivationCounts, RoutineSnapshot, RunSnapshot } from "../run/run_snapshot.ts";

/** A metric, with all its samples. */
export interface Metric {
  /** The name. A counter ends in `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "summary";
  /** The description, in one line without backslashes. */
  readonly help: string;
  samplesOf(snapshot: RunSnapshot): Iterable<Sample>;
}

/** A value of a metric. */
export interface Sample {
  /** The rest of the name, as `_sum` of a summary. */
  readonly suffix?: string;
  /** The labels besides that of the flow. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const OPEN: readonly JobStatus[] = ["pending", "running", "paused"];
const ENDED: readonly JobStatus[] = ["completed", "failed", "cancelled"];
const UNENDED = ["queued", "held", "executing"] as const satisfies (keyof ActivationCounts)[];
const OUTCOMES = [
  "completed",
  "failed",
  "skipped",
  "cancelled",
] as const satisfies (keyof ActivationCounts)[];

/** The metrics of a flow. */
export const METRICS: readonly Metric[] = [
  {
    name: "millrace_jobs",
    type: "gauge",
    help: "Jobs that have not ended, by status.",
    samplesOf: ({ jobs }) => OPEN.map((status) => ({ labels: { status }, value: jobs[status] })),
  },
  {
    name: "millrace_jobs_ended_total",
    type: "counter",
    help: "Jobs that have ended, by status.",
    samplesOf: ({ jobs }) => ENDED.map((status) => ({ labels: { status }, value: jobs[status] })),
  },
  {
    name: "millrace_activations",
    type: "gauge",
    help: "Activations that have not ended, by routine and state.",
    samplesOf: ({ routines }) => byRoutine(routines, "state", UNENDED),
  },
  {
    name: "millrace_activations_limited",
    type: "gauge",
    help: "Queued activations that wait for a limit of their routine, in a flow with limits.",
    samplesOf: ({ routines }) => waiting(routines, "limited"),
  },
  {
    name: "millrace_activations_delayed",
    type: "gauge",
    help: "Queued activations that wait for a time, in a flow with limits.",
    samplesOf: ({ routines }) => waiting(routines, "delayed"),
  },
  {
    name: "millrace_activations_ended_total",
    type: "counter",
    help: "Activations that have ended, by routine and outcome.",
    samplesOf: ({ routines }) => byRoutine(routines, "outcome", OUTCOMES),
  },
  {
    name: "millrace_retries_total",
    type: "counter",
    help: "Failed attempts that were followed by another, by routine.",
    samplesOf: ({ routines }) =>
      routines.map(({ routineId, retried }) => ({
        labels: { routine: routineId },
        value: retried,
      })),
  },
  {
    name: "millrace_open_waits",
    type: "gauge",
    help: "Open waits for a signal, by routine.",
    samplesOf: ({ routines }) =>
      routines.map(({ routineId, waiting }) => ({
        labels: { routine: routineId },
        value: waiting,
      })),
  },
  {
    name: "millrace_execution_duration_seconds",
    type: "summary",
    help: "Durations of the executions of activations, by routine.",
    samplesOf: ({ routines }) => routines.flatMap(durationsOf),
  },
  {
    name: "millrace_failed_attempts_total",
    type: "counter",
    help: "Failed attempts, by routine and name of the error.",
    samplesOf: failedAttempts,
  },
  {
    name: "millrace_connection_payloads_total",
    type: "counter",
    help: "Payloads that a connection has delivered.",
    samplesOf: ({ connections }) =>
      connections.map(({ delivered, ...labels }) => ({ labels, value: delivered })),
  },
  {
    name: "millrace_workers_busy",
    type: "gauge",
    help: "Workers that execute an activation.",
    samplesOf: ({ workersBusy }) => [{ value: workersBusy }],
  },
  {
    name: "millrace_workers_max",
    type: "gauge",
    help: "The maximum number of workers.",
    samplesOf: ({ maxWorkers }) => known(maxWorkers),
  },
  {
    name: "millrace_concurrency_max",
    type: "gauge",
    help: "The maximum number of activations that execute at once.",
    samplesOf: ({ concurrency }) => known(concurrency),
  },
  {
    name: "millrace_workers_lost_total",
    type: "counter",
    help: "Workers that were lost during an attempt.",
    samplesOf: ({ workersLost }) => [{ value: workersLost }],
  },
  {
    name: "millrace_flow_status",
    type: "gauge",
    help: "1 for the status of the flow: running, paused, halted, closed or recorded.",
    samplesOf: ({ status }) => [{ labels: { status }, value: 1 }],
  },
];

function byRoutine(
  routines: readonly RoutineSnapshot[],
  label: string,
  states: readonly (keyof ActivationCounts)[],
): Sample[] {
  return routines.flatMap((routine) =>
    states.map((state) => ({
      labels: { routine: routine.routineId, [label]: state },
      value: routine[state],
    }))
  );
}

function waiting(routines: readonly RoutineSnapshot[], reason: "limited" | "delayed"): Sample[] {
  return routines.flatMap(({ routineId, waits }) =>
    waits === undefined ? [] : [{ labels: { routine: routineId }, value: waits[reason] }]
  );
}

/** Returns the summary of a routine. A quantile is NaN before the first execution, as the format asks for. */
function durationsOf({ routineId, p50, p95, max, busy, executions }: RoutineSnapshot): Sample[] {
  const routine = { routine: routineId };
  const quantiles = { "0.5": p50, "0.95": p95, "1": max };
  return [
    ...Object.entries(quantiles).sort().map(([quantile, duration]) => ({
      labels: { ...routine, quantile },
      value: duration === undefined ? NaN : duration / 1000,
    })),
    { suffix: "_sum", labels: routine, value: busy / 1000 },
    { suffix: "_count", labels: routine, value: executions },
  ];
}

/** Adds up the groups of failures, which differ in their places as well. */
function failedAttempts({ failures }: RunSnapshot): Sample[] {
  const groups = Map.groupBy(failures, ({ routineId, name }) => JSON.stringify([routineId, name]));
  return [...groups].sort(([one], [other]) => one < other ? -1 : 1).map(([, [first, ...rest]]) => ({
    labels: { routine: first?.routineId ?? "", error: first?.name ?? "" },
    value: rest.reduce((sum, { count }) => sum + count, first?.count ?? 0),
  }));
}

function known(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ value }];
}
