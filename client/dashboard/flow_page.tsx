// The views of one flow, with what all of them share: the status, the connection and the actions on the whole flow.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { ApiClient } from "../api/api_client.ts";
import type { Route } from "../data/route.ts";
import { ActionsProvider } from "./actions.tsx";
import { ConnectionState } from "./connection_state.tsx";
import { FailuresView } from "./failures_view.tsx";
import { FlowHeader } from "./flow_header.tsx";
import { JobPage } from "./job_page.tsx";
import { JobsView } from "./jobs_view.tsx";
import { Overview } from "./overview.tsx";
import { StoppedJobs } from "./stopped_jobs.tsx";
import { useFlowFeed } from "./use_flow_feed.ts";
import { WorkersView } from "./workers_view.tsx";

interface FlowPageProps {
  readonly api: ApiClient;
  readonly flow: FlowInfo;
  readonly route: Route;
  /** Called when the server no longer accepts the token. */
  readonly onRefused: () => void;
}

/** Shows the view of a flow that the address selects. */
export function FlowPage({ api, flow, route, onRefused }: FlowPageProps): JSX.Element {
  const feed = useFlowFeed(flow.flowId, flow);
  const [round, setRound] = useState(0);
  const info = feed.info ?? flow;
  const { snapshot, state } = feed;
  const { flowId } = info;
  useEffect(() => {
    if (state === "refused") onRefused();
  }, [state]);
  useEffect(() => {
    // The link that led here may be gone, and the focus with it.
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("#content")?.focus({ preventScroll: true });
  }, [route.view, route.jobId]);
  return (
    <>
      <ConnectionState state={state} />
      <ActionsProvider api={api} flowId={flowId} onDone={() => setRound((value) => value + 1)}>
        <FlowHeader info={info} route={route} failures={snapshot?.failures.length ?? 0} />
        <main id="content" tabIndex={-1}>
          {route.view !== "job" && info.stopped.length > 0 && <StoppedJobs info={info} />}
          {route.view === "job" && route.jobId !== undefined
            ? (
              <JobPage
                key={route.jobId}
                api={api}
                info={info}
                jobId={route.jobId}
                tab={route.tab}
                version={`${snapshot?.at ?? 0} ${info.stopped.length}`}
                round={round}
              />
            )
            : snapshot === undefined
            ? <p class="empty" role="status">Loading…</p>
            : route.view === "jobs"
            ? <JobsView api={api} info={info} snapshot={snapshot} query={route.query} />
            : route.view === "workers"
            ? <WorkersView flowId={flowId} snapshot={snapshot} />
            : route.view === "failures"
            ? <FailuresView info={info} snapshot={snapshot} />
            : <Overview info={info} snapshot={snapshot} rates={feed.rates} />}
        </main>
      </ActionsProvider>
    </>
  );
}
