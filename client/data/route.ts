/** The view that the fragment of the address selects. */
export interface Route {
  readonly flowId: string | undefined;
  readonly view: "overview" | "jobs" | "job" | "workers" | "failures";
  readonly jobId: string | undefined;
  /** The tab of a job's page, or `undefined` for the first. */
  readonly tab: string | undefined;
  readonly query: URLSearchParams;
}

const VIEWS: readonly string[] = ["overview", "jobs", "workers", "failures"];

/** Reads a fragment such as `#/f/readings/jobs/job_1/log`. Anything unknown leads to the overview. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const [, mark, flowId, view = "overview", jobId, tab] = path.split("/").map(decoded);
  const query = new URLSearchParams(search);
  const none = { flowId: undefined, view: "overview", jobId: undefined, tab: undefined } as const;
  if (mark !== "f" || flowId === undefined || flowId === "") return { ...none, query };
  if (view === "jobs" && jobId) return { flowId, view: "job", jobId, tab: tab || undefined, query };
  const known = VIEWS.includes(view) ? view as Route["view"] : "overview";
  return { ...none, flowId, view: known, query };
}

/** Returns the address of a view of a flow. */
export function viewHref(flowId: string, view: string, query?: Record<string, string>): string {
  const search = new URLSearchParams(query).toString();
  return `#/f/${encodeURIComponent(flowId)}/${view}${search === "" ? "" : `?${search}`}`;
}

/** Returns the address of a job's page. */
export function jobHref(flowId: string, jobId: string, tab?: string): string {
  const base = `#/f/${encodeURIComponent(flowId)}/jobs/${encodeURIComponent(jobId)}`;
  return tab === undefined ? base : `${base}/${tab}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
