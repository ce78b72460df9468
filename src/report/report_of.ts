// Makes a report from the stored JobEvents of a run. All jobs are folded into the numbers, one after the other; only a
// bounded number of them, and of their activations, is part of the report in detail.

import { systemTime } from "../data/clock.ts";
import { checkAmount, checkTime } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { ClosedError } from "../errors/call_errors.ts";
import type { Flow } from "../flow/flow.ts";
import { flowSource } from "../run/flow_source.ts";
import { traceOf } from "../run/trace_of.ts";
import { RunModel } from "../run/run_model.ts";
import type { RunSource } from "../run/run_source.ts";
import { WaitSample } from "../run/wait_sample.ts";
import { withWaits } from "../run/with_waits.ts";
import { type Candidate, chooseJobs } from "./choose_jobs.ts";
import { criticalPath } from "./critical_path.ts";
import { FigureCounter } from "./figure_counter.ts";
import { QueueTimeCounter } from "./queue_time_counter.ts";
import type { ReportedJob, RunReport } from "./run_report.ts";
import { shortTexts } from "./short_texts.ts";
import { shortTrace } from "./short_trace.ts";
import { SlowestExecutions } from "./slowest_executions.ts";

const CHECKS: OptionChecks<ReportOptions> = {
  maxJobs: checkAmount,
  maxActivations: checkAmount,
  maxSlowest: checkAmount,
  since: checkTime,
};

/**
 * Makes a report of the jobs of a flow, or of a journal: numbers, timelines, critical paths, failures and the slowest
 * executions. Jobs may still be running; the report then shows their state so far.
 *
 * All stored JobEvents are read, during which the program does nothing else.
 *
 * @example The longest execution of a run
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { reportOf } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * const { slowest, figures } = reportOf(flow);
 * console.log(slowest[0]?.routineId, figures.executions); // fibonacci 1
 * ```
 *
 * @param run The flow, which must not be closed, or another source of jobs.
 * @param options The size of the report.
 * @returns The report, as plain data.
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
 * @throws {ClosedError} If the flow is closed.
 */
export function reportOf(run: Flow | RunSource, options?: ReportOptions): RunReport {
  const { maxJobs = 200, maxActivations = 20_000, maxSlowest = 50, since } = checkOptions(
    "reportOf",
    options,
    CHECKS,
  );
  const source = "eventsOf" in run ? run : flowSource(run);
  const { flowId, graph, status, maxWorkers, concurrency } = source;
  // Its events cannot be read any more.
  if (status === "closed") throw new ClosedError(`flow "${flowId}"`, { flowId });
  const at = systemTime();
  const model = new RunModel({ graph, maxEndedJobs: 1 });
  const counter = new FigureCounter(since);
  const queueTimes = new QueueTimeCounter(since);
  const slowest = new SlowestExecutions(maxSlowest, since);
  const candidates: Candidate[] = [];
  for (const jobId of source.latestIds(Infinity)) {
    const events = source.eventsOf(jobId);
    // A stream that the retention has cut begins later.
    for (const event of events) model.fold(event, true);
    const trace = traceOf(events);
    if (trace === undefined) continue;
    counter.add(trace);
    queueTimes.add(trace);
    slowest.add(trace);
    const { createdAt, lastAt, endedAt = lastAt } = trace;
    candidates.push({ jobId, isFailed: trace.status === "failed", duration: endedAt - createdAt });
  }

  const jobs: ReportedJob[] = [];
  let room = maxActivations;
  const chosen = chooseJobs(candidates, maxJobs);
  for (const [i, jobId] of chosen.entries()) {
    // Each job may use what its predecessors have left of their shares.
    const job = jobInDetail(source, jobId, at, Math.floor(room / (chosen.length - i)));
    if (job === undefined) continue;
    room -= job.trace.activations.length;
    jobs.push(job);
  }
  return {
    version: 1,
    flowId,
    at,
    since,
    graph,
    snapshot: shortTexts(
      new WaitSample(source).addTo(
        model.snapshot({ flowId, status, at, maxWorkers, concurrency }),
      ),
    ),
    figures: counter.figures(concurrency),
    jobs,
    omittedJobs: candidates.length - jobs.length,
    slowest: slowest.list(),
    queueTimes: queueTimes.list(),
  };
}

/** Options of {@linkcode reportOf}. */
export interface ReportOptions {
  /**
   * The maximum number of jobs in detail. Failed jobs, the longest and the newest are chosen first. The numbers cover
   * all jobs.
   *
   * @default {200}
   */
  readonly maxJobs?: number;
  /**
   * The maximum number of activations in detail, of all these jobs together. Those on critical paths, failed ones and
   * the longest are chosen first.
   *
   * @default {20_000}
   */
  readonly maxActivations?: number;
  /**
   * The maximum number of executions in the list of the longest.
   *
   * @default {50}
   */
  readonly maxSlowest?: number;
  /**
   * The time from which on executions are part of the figures and of the timeline, in epoch milliseconds: such as the
   * start of this process, if earlier ones began the jobs.
   *
   * @default {-Infinity}
   */
  readonly since?: number;
}

function jobInDetail(
  source: RunSource,
  jobId: string,
  at: number,
  maxActivations: number,
): ReportedJob | undefined {
  const events = source.eventsOf(jobId);
  const model = new RunModel({ graph: { routines: [], connections: [] } });
  for (const event of events) model.fold(event, true);
  const [stored, row] = [traceOf(events), model.row(jobId)];
  if (stored === undefined || row === undefined) return undefined;
  // Executions and waits of this process have lasted until now.
  const goesOn = stored.endedAt === undefined && source.flow !== undefined;
  const trace = goesOn ? { ...stored, lastAt: Math.max(stored.lastAt, at) } : stored;
  const path = criticalPath(trace);
  return shortTexts({
    row: withWaits(row, source),
    ...shortTrace(trace, path, maxActivations),
    criticalPath: path,
  });
}
