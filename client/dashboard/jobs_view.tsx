// The list of the jobs of a flow, with a filter and a search. The server finds the jobs and returns a page of them,
// so that it makes no difference how many there are. The filter is in the address, so that it can be shared.

import type { JSX } from "preact";
import type { FlowInfo } from "../../src/dashboard/api.ts";
import type { JobStatus } from "../../src/engine/job.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import type { ApiClient } from "../api/api_client.ts";
import { viewHref } from "../data/route.ts";
import { count, plural } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Pager } from "../ui/pager.tsx";
import { Section } from "../ui/section.tsx";
import { JobTable } from "./job_table.tsx";
import { useRefreshed } from "./use_refreshed.ts";

interface JobsViewProps {
  readonly api: ApiClient;
  readonly info: FlowInfo;
  readonly snapshot: RunSnapshot;
  /** The filter, as in the address. */
  readonly query: URLSearchParams;
}

const STATUSES: readonly JobStatus[] = [
  "pending",
  "running",
  "paused",
  "completed",
  "failed",
  "cancelled",
];
const LIMIT = 50;

/** Lists the jobs that match a filter. */
export function JobsView({ api, info, snapshot, query }: JobsViewProps): JSX.Element {
  const { flowId } = info;
  const chosen = (query.get("status") ?? "").split(",").filter((status) => status !== "");
  const text = query.get("q") ?? "";
  const offset = Math.max(0, Number(query.get("offset")) || 0);
  const status = chosen.join(",");
  const { value: page, fault } = useRefreshed(
    () => api.jobs(flowId, { status: chosen, text, offset, limit: LIMIT }),
    JSON.stringify([status, text, offset]),
    snapshot.at,
  );

  const isWhole = text === "" && status === "";
  const known = STATUSES.reduce((sum, one) => sum + snapshot.jobs[one], 0);

  const change = (next: { status?: string; q?: string; offset?: number }) => {
    const all = { status, q: text, offset: 0, ...next };
    const filled = Object.entries(all).filter(([, value]) => value !== "" && value !== 0);
    const href = viewHref(
      flowId,
      "jobs",
      Object.fromEntries(filled.map(([key, value]) => [key, `${value}`])),
    );
    // A search would else leave an entry in the history for each letter.
    if (next.q !== undefined) {
      history.replaceState(null, "", href);
      dispatchEvent(new HashChangeEvent("hashchange"));
    } else location.hash = href;
  };
  const toggle = (one: JobStatus) => {
    const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
    change({ status: next.join(",") });
  };

  return (
    <Section title="Jobs" id="jobs">
      <div class="filters">
        <label class="search">
          <span>Search</span>
          <input
            type="search"
            value={text}
            placeholder="Id, error or progress"
            onInput={(event) => change({ q: event.currentTarget.value })}
          />
        </label>
        <div class="chips" role="group" aria-label="Status">
          {STATUSES.map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={chosen.includes(one)}
              onClick={() => toggle(one)}
            >
              {one} <span class="chip-count">{count(snapshot.jobs[one])}</span>
            </button>
          ))}
        </div>
      </div>
      {fault !== undefined && <p class="text-fail" role="alert">{oneLine(fault, 300)}</p>}
      {page !== undefined && (
        <>
          <p class="muted found">
            {plural(page.total, "job")}, newest first
            {isWhole && page.total < known &&
              `; ${count(known - page.total)} more have ended and are no longer in the store`}
          </p>
          <JobTable
            caption="Jobs"
            flowId={flowId}
            rows={page.rows}
            now={snapshot.at}
            empty={isWhole ? "No job was started yet." : "No job matches."}
          />
          {page.total > LIMIT && (
            <Pager
              name="Jobs"
              total={page.total}
              offset={offset}
              limit={LIMIT}
              onOffset={(next) => change({ offset: next })}
            />
          )}
        </>
      )}
    </Section>
  );
}
