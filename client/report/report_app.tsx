// The page of a report: a run after its end. Everything comes from the RunReport in the page.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { RunReport } from "../../src/report/run_report.ts";
import { jobRows, workerRows } from "../data/spans_of.ts";
import { ConnectionTable } from "../ui/connection_table.tsx";
import { FailureList } from "../ui/failure_list.tsx";
import { FlowGraph } from "../ui/flow_graph.tsx";
import { RoutineTable } from "../ui/routine_table.tsx";
import { Section } from "../ui/section.tsx";
import { Switcher } from "../ui/switcher.tsx";
import { Timeline } from "../ui/timeline.tsx";
import { WorkerTable } from "../ui/worker_table.tsx";
import { count } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { QueueTable } from "./queue_table.tsx";
import { ReportHeader } from "./report_header.tsx";
import { ReportJob } from "./report_job.tsx";
import { ReportJobs } from "./report_jobs.tsx";
import { runWindow } from "./run_window.ts";
import { SlowestTable } from "./slowest_table.tsx";

/** Shows a report. */
export function ReportApp({ report }: { report: RunReport }): JSX.Element {
  const { graph, snapshot, jobs, omittedJobs, slowest, queueTimes } = report;
  const [lanes, setLanes] = useState<"jobs" | "workers">("jobs");
  const [routineId, setRoutine] = useState<string>();
  const [{ jobId, opened }, setJob] = useState(() => ({ jobId: firstJob(report), opened: 0 }));
  const traces = useMemo(() => jobs.map(({ trace }) => trace), [jobs]);
  const rows = useMemo(
    () => lanes === "jobs" ? jobRows(traces) : workerRows(traces),
    [traces, lanes],
  );
  const whole = useMemo(() => runWindow(report), [report]);
  const known = useMemo(() => new Set(jobs.map(({ row }) => row.jobId)), [jobs]);
  const job = jobs.find(({ row }) => row.jobId === jobId);
  const open = (id: string) => setJob({ jobId: id, opened: opened + 1 });
  const link = (id: string) =>
    known.has(id)
      ? <button type="button" class="link" onClick={() => open(id)}>{oneLine(id, 80)}</button>
      : oneLine(id, 80);
  return (
    <>
      <ReportHeader report={report} whole={whole} />
      <main>
        <Section
          title="Timeline"
          id="timeline"
          tools={
            <Switcher
              name="Rows of the timeline"
              options={[["jobs", "By job"], ["workers", "By worker"]]}
              value={lanes}
              onValue={setLanes}
            />
          }
        >
          {omittedJobs > 0 && (
            <p class="notice">
              {count(omittedJobs)}{" "}
              jobs are counted, but not shown one by one, as there are too many.
            </p>
          )}
          <Timeline
            key={lanes}
            name={lanes === "jobs" ? "Timeline by job" : "Timeline by worker"}
            rows={rows}
            whole={whole}
            details={(span) => (
              <button type="button" class="link" onClick={() => open(span.jobId)}>
                Open {oneLine(span.jobId, 60)}
              </button>
            )}
          />
        </Section>
        <Section title="Jobs" id="jobs">
          <ReportJobs jobs={jobs} at={report.at} selected={jobId} onOpen={open} />
        </Section>
        {job !== undefined && (
          <ReportJob key={`${jobId} ${opened}`} job={job} hasFocus={opened > 0} />
        )}
        <Section title="Failures by cause" id="failures">
          <FailureList failures={snapshot.failures} job={link} />
        </Section>
        <Section title="Slowest activations" id="slowest">
          <SlowestTable slowest={slowest} origin={whole.from} job={link} />
        </Section>
        <Section title="Graph" id="graph">
          <FlowGraph
            graph={graph}
            snapshot={snapshot}
            selected={routineId}
            onSelect={setRoutine}
            isOver
          />
          <h3>Routines</h3>
          <RoutineTable routines={snapshot.routines} now={snapshot.at} selected={routineId} />
          <h3>Queue times</h3>
          <QueueTable queueTimes={queueTimes} />
          <h3>Connections</h3>
          <ConnectionTable connections={snapshot.connections} />
        </Section>
        <Section title="Workers" id="workers">
          <WorkerTable workers={snapshot.workers} at={snapshot.at} job={link} />
        </Section>
      </main>
    </>
  );
}

/** A failed job is most likely looked for, else the one that took longest. */
function firstJob({ jobs }: RunReport): string | undefined {
  const failed = jobs.find(({ row }) => row.status === "failed");
  if (failed !== undefined) return failed.row.jobId;
  const length = ({ createdAt, lastAt }: { createdAt: number; lastAt: number }) =>
    lastAt - createdAt;
  let longest = jobs[0];
  for (const job of jobs) {
    if (longest !== undefined && length(job.trace) > length(longest.trace)) longest = job;
  }
  return longest?.row.jobId;
}
