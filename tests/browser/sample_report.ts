import type {
  PathStep,
  RunFigures,
  RunReport,
  SlowExecution,
} from "../../src/report/run_report.ts";
import type { GraphShape } from "../../src/run/graph_shape.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { GRAPH } from "./sample_run.ts";
import { sampleRow, sampleSnapshot } from "./sample_snapshot.ts";

/** Returns a report of the sample run. */
export function sampleReport(traces: readonly JobTrace[], graph: GraphShape = GRAPH): RunReport {
  const snapshot = sampleSnapshot(traces, "closed", graph);
  return {
    version: 1,
    flowId: "readings",
    at: snapshot.at + 1_000,
    since: undefined,
    figures: figuresOf(traces),
    graph,
    snapshot,
    jobs: traces.map((trace) => ({
      row: sampleRow(trace),
      trace,
      criticalPath: pathOf(trace),
      omittedActivations: 0,
    })),
    omittedJobs: 0,
    slowest: slowestOf(traces),
  };
}

/** The times of the sample, in which at most two executions overlap. */
function figuresOf(traces: readonly JobTrace[]): RunFigures {
  const startedAt = Math.min(...traces.map(({ createdAt }) => createdAt));
  const endedAt = Math.max(...traces.map(({ lastAt }) => lastAt));
  const lengths = traces.flatMap(({ activations }) => activations)
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ startedAt, endedAt }) => endedAt === undefined ? [] : [endedAt - startedAt]);
  const [wall, busy] = [endedAt - startedAt, lengths.reduce((sum, one) => sum + one, 0)];
  const lowerBound = Math.max(1, busy / 2);
  const counts = { executions: lengths.length, maxConcurrent: 2, limit: 2 };
  return {
    startedAt,
    endedAt,
    wall,
    busy,
    chain: 0,
    lowerBound,
    ratio: wall / lowerBound,
    ...counts,
  };
}

/** The chain of activations that led to the one that ended last. */
function pathOf({ activations, endedAt }: JobTrace): PathStep[] {
  const byId = new Map(activations.map((activation) => [activation.activationId, activation]));
  const steps: PathStep[] = [];
  let step = activations.find((activation) => activation.endedAt === endedAt);
  while (step !== undefined) {
    const { routineId, activationId, attempts, queuedAt, from } = step;
    const own: PathStep[] = [];
    let before = queuedAt;
    for (const { attempt, readyAt, startedAt, endedAt = startedAt } of attempts) {
      const shared = { routineId, activationId, attempt };
      if (readyAt > before) {
        own.push({ kind: "delayed", ...shared, startedAt: before, endedAt: readyAt });
      }
      own.push({ kind: "queued", ...shared, startedAt: readyAt, endedAt: startedAt });
      own.push({ kind: "executing", ...shared, startedAt, endedAt });
      before = endedAt;
    }
    steps.unshift(...own);
    step = from === undefined ? undefined : byId.get(from);
  }
  return steps;
}

function slowestOf(traces: readonly JobTrace[]): SlowExecution[] {
  return traces.flatMap(({ jobId, activations }) =>
    activations.flatMap(({ activationId, routineId, attempts }) =>
      attempts.flatMap(({ attempt, workerId, startedAt, endedAt }) =>
        endedAt === undefined ? [] : [{
          jobId,
          activationId,
          routineId,
          attempt,
          workerId,
          startedAt,
          duration: endedAt - startedAt,
        }]
      )
    )
  ).sort((a, b) => b.duration - a.duration).slice(0, 20);
}
