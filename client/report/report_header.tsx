import type { JSX } from "preact";
import type { RunReport } from "../../src/report/run_report.ts";
import type { TimeWindow } from "../data/time_window.ts";
import { count, dateTime, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Stat } from "../ui/stat.tsx";
import { ThemeToggle } from "../ui/theme_toggle.tsx";

/** Shows the flow, the time and the totals of a run. */
export function ReportHeader(
  { report, whole }: { report: RunReport; whole: TimeWindow },
): JSX.Element {
  const { flowId, at, since, snapshot, figures, omittedJobs, jobs } = report;
  const { totals, workersLost } = snapshot;
  const total = Object.values(snapshot.jobs).reduce((sum, number) => sum + number, 0);
  const isPartial = jobs.some(({ trace }) => trace.isPartial);
  return (
    <header class="report-head">
      <div class="bar">
        <div>
          <p class="brand">Millrace report</p>
          <h1>{oneLine(flowId, 120)}</h1>
        </div>
        <ThemeToggle />
      </div>
      <p class="muted">
        {dateTime(whole.from)} to {dateTime(whole.to)}; report of {dateTime(at)}
        {since !== undefined && `; figures from ${dateTime(since)} on`}
      </p>
      <dl class="stats">
        <Stat
          label="Duration"
          value={duration(figures.wall)}
          note={figures.ratio === undefined
            ? undefined
            : `lower bound ${duration(figures.lowerBound)}`}
        />
        <Stat
          label="Jobs"
          value={count(total)}
          note={omittedJobs > 0 ? `${count(omittedJobs)} not shown` : undefined}
        />
        <Stat label="Completed" value={count(snapshot.jobs.completed)} tone="done" />
        <Stat
          label="Failed"
          value={count(snapshot.jobs.failed)}
          tone={snapshot.jobs.failed > 0 ? "fail" : undefined}
        />
        <Stat label="Cancelled" value={count(snapshot.jobs.cancelled)} />
        <Stat
          label="Executions"
          value={count(figures.executions)}
          note={`${duration(figures.busy)} in all`}
        />
        <Stat
          label="At once"
          value={count(figures.maxConcurrent)}
          note={figures.limit === undefined ? undefined : `of at most ${count(figures.limit)}`}
        />
        <Stat
          label="Retries"
          value={count(totals.retried)}
          tone={totals.retried > 0 ? "warn" : undefined}
        />
        <Stat
          label="Workers lost"
          value={count(workersLost)}
          tone={workersLost > 0 ? "fail" : undefined}
        />
      </dl>
      {isPartial && <p class="notice">The first events of some jobs are no longer in the store.</p>}
    </header>
  );
}
