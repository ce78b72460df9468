import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ReportedJob } from "../../src/report/run_report.ts";
import { activationRows, endOf } from "../data/spans_of.ts";
import { count, duration, plural } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { CriticalPath } from "../ui/critical_path.tsx";
import { ErrorView } from "../ui/error_view.tsx";
import { Timeline } from "../ui/timeline.tsx";

interface ReportJobProps {
  readonly job: ReportedJob;
  /** Set if the viewer has opened it, so that it comes into sight. */
  readonly hasFocus: boolean;
}

/** Shows one job of a report: its critical path, its activations in time, and its error. */
export function ReportJob({ job, hasFocus }: ReportJobProps): JSX.Element {
  const { row, trace, omittedActivations, criticalPath } = job;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!hasFocus) return;
    title.current?.scrollIntoView({ block: "start" });
    title.current?.focus({ preventScroll: true });
  }, []);
  const rows = useMemo(() => activationRows(trace), [trace]);
  const whole = { from: trace.createdAt, to: endOf(trace) };
  return (
    <section class="panel" id="job" aria-labelledby="job-title">
      <div class="panel-head">
        <h2 id="job-title" ref={title} tabIndex={-1}>Job {oneLine(row.jobId, 80)}</h2>
        <Badge status={row.status} />
      </div>
      <p class="muted">
        {plural(trace.activations.length + omittedActivations, "activation")} in{" "}
        {duration(whole.to - whole.from)}
        {trace.isPartial && "; the first events are no longer in the store"}
        {omittedActivations > 0 &&
          `; ${count(omittedActivations)} of them are not shown, as there are too many`}
      </p>
      <h3>Critical path</h3>
      <CriticalPath steps={criticalPath} />
      <h3>Activations</h3>
      <Timeline name={`Activations of ${oneLine(row.jobId, 80)}`} rows={rows} whole={whole} />
      {trace.error !== undefined && (
        <>
          <h3>Error</h3>
          <ErrorView error={trace.error} />
        </>
      )}
    </section>
  );
}
