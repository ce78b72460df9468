import { criticalPath } from "../../src/report/critical_path.ts";
import { FigureCounter } from "../../src/report/figure_counter.ts";
import { QueueTimeCounter } from "../../src/report/queue_time_counter.ts";
import type { RunReport } from "../../src/report/run_report.ts";
import { SlowestExecutions } from "../../src/report/slowest_executions.ts";
import type { GraphShape } from "../../src/run/graph_shape.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { GRAPH } from "./sample_run.ts";
import { sampleRow, sampleSnapshot } from "./sample_snapshot.ts";

/** Returns a report of the sample run. */
export function sampleReport(traces: readonly JobTrace[], graph: GraphShape = GRAPH): RunReport {
  const snapshot = sampleSnapshot(traces, "closed", graph);
  const counter = new FigureCounter();
  const queueTimes = new QueueTimeCounter();
  const slowest = new SlowestExecutions(20);
  for (const trace of traces) {
    counter.add(trace);
    slowest.add(trace);
    queueTimes.add(trace);
  }
  return {
    version: 1,
    flowId: "readings",
    at: snapshot.at + 1_000,
    since: undefined,
    graph,
    snapshot,
    figures: counter.figures(4),
    jobs: traces.map((trace) => ({
      row: sampleRow(trace),
      trace,
      omittedActivations: 0,
      criticalPath: criticalPath(trace),
    })),
    omittedJobs: 0,
    slowest: slowest.list(),
    queueTimes: queueTimes.list(),
  };
}
