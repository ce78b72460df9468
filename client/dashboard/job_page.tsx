// The page of a job: its status and actions, and everything that is known of it in tabs.

import type { JSX } from "preact";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { ApiClient } from "../api/api_client.ts";
import { jobHref, viewHref } from "../data/route.ts";
import { count } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Tabs } from "../ui/tabs.tsx";
import { JobData } from "./job_data.tsx";
import { JobEvents } from "./job_events.tsx";
import { JobFailures } from "./job_failures.tsx";
import { JobHeader } from "./job_header.tsx";
import { JobHistory } from "./job_history.tsx";
import { JobLog } from "./job_log.tsx";
import { JobTimeline } from "./job_timeline.tsx";
import { useRefreshed } from "./use_refreshed.ts";
import { ValuesProvider } from "./value_view.tsx";

interface JobPageProps {
  readonly api: ApiClient;
  readonly info: FlowInfo;
  readonly jobId: string;
  readonly tab: string | undefined;
  /** Changes when the flow has changed. */
  readonly version: string;
  /** Changes when the viewer has acted. */
  readonly round: number;
}

/** Shows a job. */
export function JobPage({ api, info, jobId, tab, version, round }: JobPageProps): JSX.Element {
  const { flowId } = info;
  const { value: detail, fault } = useRefreshed(
    () => api.job(flowId, jobId),
    `${round}`,
    version,
    ({ row }) => row.endedAt !== undefined,
  );
  const failures = detail === undefined ? 0 : failedOf(detail.trace.activations);
  const tabs = [
    { id: "timeline", title: "Timeline" },
    { id: "data", title: "Data" },
    { id: "log", title: "Log" },
    { id: "history", title: "History" },
    { id: "failures", title: failures === 0 ? "Failures" : `Failures (${count(failures)})` },
    { id: "events", title: "Live events" },
  ];
  const selected = tabs.find(({ id }) => id === tab)?.id ?? "timeline";
  return (
    <section class="panel" aria-labelledby="job-title">
      <p class="crumbs">
        <a href={viewHref(flowId, "jobs")}>Jobs</a>
      </p>
      <h2 id="job-title" class="job-title">{oneLine(jobId, 160)}</h2>
      {fault !== undefined && <p class="text-fail" role="alert">{oneLine(fault, 300)}</p>}
      {detail === undefined
        ? fault === undefined && <p class="empty" role="status">Loading…</p>
        : (
          <ValuesProvider value={(path) => api.value(flowId, jobId, path)}>
            <JobHeader info={info} detail={detail} />
            <Tabs
              name={`Parts of ${oneLine(jobId, 80)}`}
              tabs={tabs}
              selected={selected}
              onSelect={(id) => location.hash = jobHref(flowId, jobId, id)}
            >
              {selected === "timeline" && <JobTimeline detail={detail} canAct={info.canAct} />}
              {selected === "data" && <JobData detail={detail} />}
              {selected === "log" && <JobLog detail={detail} />}
              {selected === "history" && <JobHistory detail={detail} />}
              {selected === "failures" && <JobFailures detail={detail} canAct={info.canAct} />}
              {selected === "events" && (
                <JobEvents flowId={flowId} jobId={jobId} count={detail.counts.events} />
              )}
            </Tabs>
          </ValuesProvider>
        )}
    </section>
  );
}

function failedOf(
  activations: readonly { readonly attempts: readonly { error: unknown }[] }[],
): number {
  return activations.filter(({ attempts }) => attempts.some(({ error }) => error !== undefined))
    .length;
}
