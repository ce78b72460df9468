// The requests of the page to the dashboard's server. Addresses are relative to the page, so that it can be served
// below any path.

import type {
  Action,
  ActionResult,
  ApiError,
  FlowInfo,
  JobDetail,
} from "../../src/dashboard/api.ts";
import type { JobPage } from "../../src/run/job_query.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { RequestError } from "./request_error.ts";
import { token } from "./token.ts";

/** The jobs to list. */
export interface JobsRequest {
  readonly status: readonly string[];
  readonly text: string;
  readonly offset: number;
  readonly limit: number;
}

/** Requests data and actions from the server. Every method rejects with a `RequestError`. */
export class ApiClient {
  flows(): Promise<FlowInfo[]> {
    return this.#json("flows");
  }

  snapshot(flowId: string): Promise<RunSnapshot> {
    return this.#json(`${flowPath(flowId)}/snapshot`);
  }

  jobs(flowId: string, { status, text, offset, limit }: JobsRequest): Promise<JobPage> {
    const query = new URLSearchParams({ offset: `${offset}`, limit: `${limit}` });
    if (status.length > 0) query.set("status", status.join(","));
    if (text !== "") query.set("q", text);
    return this.#json(`${flowPath(flowId)}/jobs?${query}`);
  }

  job(flowId: string, jobId: string): Promise<JobDetail> {
    return this.#json(jobPath(flowId, jobId));
  }

  /** Returns the whole of a value that is shown cut off. */
  async value(flowId: string, jobId: string, path: string): Promise<string> {
    const query = new URLSearchParams({ path });
    return await (await request(`${jobPath(flowId, jobId)}/value?${query}`)).text();
  }

  act(flowId: string, action: Action): Promise<ActionResult> {
    return this.#json(`${flowPath(flowId)}/actions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    });
  }

  async #json<T>(path: string, init?: RequestInit): Promise<T> {
    return await (await request(path, init)).json();
  }
}

/** The path of a flow in the API. */
export function flowPath(flowId: string): string {
  return `flows/${segment(flowId)}`;
}

/** The path of a job in the API. */
export function jobPath(flowId: string, jobId: string): string {
  return `${flowPath(flowId)}/jobs/${segment(jobId)}`;
}

/** Returns an id as a segment of a path. Browsers would remove the segments `.` and `..`, even encoded. */
function segment(id: string): string {
  return /^\.{1,2}$/.test(id) ? `%00${id}` : encodeURIComponent(id);
}

/** Sends a request with the token. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token()}`);
  let response: Response;
  try {
    response = await fetch(new URL(`api/${path}`, document.baseURI), {
      ...init,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError("The server does not answer.", 0);
  }
  if (response.ok) return response;
  throw new RequestError(await messageOf(response), response.status);
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { message }: ApiError = await response.json();
    if (typeof message === "string" && message !== "") return message;
  } catch {
    // Not an answer of the API, such as one of a proxy.
  }
  return `The server answered with status ${response.status}.`;
}
