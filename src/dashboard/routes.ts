// Answers the requests of the API, as `api.ts` describes it. `dashboard_server.ts` has checked their origin and token.

import type { JobStatus } from "../engine/job.ts";
import { JOB_STATUSES } from "../run/job_statuses.ts";
import { act, checkAction } from "./actions.ts";
import { jsonAnswer, textAnswer } from "./answers.ts";
import { boundedJson } from "./bounded_json.ts";
import type { FollowedRun } from "./followed_run.ts";
import type { FollowedRuns } from "./followed_runs.ts";
import { forgottenDetail } from "./forgotten_detail.ts";
import { jobDetail, valueAt } from "./job_detail.ts";
import { Refusal } from "./refusal.ts";
import { type ValuePath, wholeText } from "./shown_value.ts";
import type { Streams } from "./streams.ts";
import { flowStream, jobStream } from "./event_streams.ts";

/** The size of a body, in bytes. */
const MAX_BODY = 1_000_000;

/** The number of jobs on a page. */
const MAX_PAGE = 1_000, PAGE = 100;

/** The number of characters of messages and stacks in the details of a job. */
const MAX_DETAIL = 12_000;

const KINDS: ReadonlySet<unknown> = new Set<ValuePath[0]>([
  "data",
  "state",
  "log",
  "payload",
  "history",
  "event",
]);

/** The circumstances in which requests are answered. */
export interface RoutesContext {
  readonly runs: FollowedRuns;
  readonly streams: Streams;
  readonly maxQuiet: number;
}

/**
 * Answers a request of the API.
 *
 * @param request The request.
 * @param target The path after `/api/`, and the query.
 * @throws {Refusal} If there is no such route, or the request is invalid.
 */
export async function answerApi(
  context: RoutesContext,
  request: Request,
  { path, query }: Target,
): Promise<Response> {
  const [root, flowId, view, jobId, part, ...rest] = path;
  if (root !== "flows" || rest.length > 0) throw notFound();
  if (flowId === undefined) {
    allow(request, "GET");
    return jsonAnswer(boundedJson(context.runs.list().map((run) => run.info())));
  }
  const run = context.runs.get(flowId);
  if (run === undefined) throw new Refusal(404, "there is no such flow");
  const isOfFlow = jobId === undefined;
  if (view === "actions" && isOfFlow) return await answerAction(run, request);
  if (view !== "jobs" && !(isOfFlow && (view === "snapshot" || view === "stream"))) {
    throw notFound();
  }
  allow(request, "GET");
  if (view === "snapshot") return jsonAnswer(boundedJson(await run.snapshot()));
  if (view === "stream") return context.streams.answer(flowStream({ ...context, run }));
  if (isOfFlow) return jsonAnswer(boundedJson(await run.rows(jobQuery(query))));
  return await answerJob({ ...context, run }, jobId, part, request, query);
}

/** The target of a request. */
export interface Target {
  /** The decoded parts of the path. */
  readonly path: readonly string[];
  /** The query. */
  readonly query: URLSearchParams;
}

/**
 * Refuses a request with another method.
 *
 * @throws {Refusal} With status 405.
 */
export function allow({ method }: Request, ...methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw new Refusal(405, `the method has to be ${methods.join(" or ")}`, {
    allow: methods.join(", "),
  });
}

/** Returns the refusal of a request for a route that does not exist. */
export function notFound(): Refusal {
  return new Refusal(404, "there is nothing at this address");
}

async function answerJob(
  context: RoutesContext & { readonly run: FollowedRun },
  jobId: string,
  part: string | undefined,
  request: Request,
  query: URLSearchParams,
): Promise<Response> {
  const { run } = context;
  const { source } = run;
  if (part !== undefined && part !== "stream" && part !== "value") throw notFound();
  const job = source.job(jobId);
  if (job === undefined) {
    // The list shows jobs that the store has dropped since.
    const row = run.row(jobId);
    if (row === undefined || part !== undefined) throw new Refusal(404, "there is no such job");
    return jsonAnswer(boundedJson(forgottenDetail(source.flowId, row), MAX_DETAIL));
  }
  switch (part) {
    case "stream": {
      const last = request.headers.get("last-event-id") ?? query.get("after") ?? "0";
      return context.streams.answer(jobStream(context, jobId, wholeNumber("after", last)));
    }
    case "value": {
      const found = valueAt(source, job, valuePath(query.get("path")));
      if (found === undefined) throw new Refusal(404, "there is no such value any more");
      return textAnswer(await wholeText(found[0]));
    }
    default:
      return jsonAnswer(boundedJson(await jobDetail(source, job, run.row(jobId)), MAX_DETAIL));
  }
}

async function answerAction({ source }: FollowedRun, request: Request): Promise<Response> {
  allow(request, "POST");
  const { flow } = source;
  if (flow === undefined) {
    throw new Refusal(409, "no action is possible, as the flow does not run in this process");
  }
  // A form of another site can be sent without this type, but not with it.
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    throw new Refusal(415, "the content-type has to be application/json");
  }
  const action = checkAction(parsed(await bodyOf(request)));
  return jsonAnswer(JSON.stringify(await act(flow, action)));
}

async function bodyOf({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > MAX_BODY) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Refusal(400, "the body ended early");
  }
  if (size > MAX_BODY) throw new Refusal(413, `the body has more than ${MAX_BODY} bytes`);
  return await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "the body is not valid JSON");
  }
}

function jobQuery(query: URLSearchParams) {
  const status = query.getAll("status").flatMap((list) => list.split(",")).filter((one) => one);
  if (!status.every((one) => JOB_STATUSES.some((known) => known === one))) {
    throw new Refusal(400, `status has to be one of ${JOB_STATUSES.join(", ")}`);
  }
  const limit = wholeNumber("limit", query.get("limit") ?? `${PAGE}`);
  return {
    ...status.length > 0 && { status: status as JobStatus[] },
    text: query.get("q") ?? "",
    offset: wholeNumber("offset", query.get("offset") ?? "0"),
    limit: Math.min(limit, MAX_PAGE),
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(400, `${name} has to be an integer of at least 0`);
}

function valuePath(text: string | null): ValuePath {
  let path: unknown;
  try {
    path = JSON.parse(text ?? "");
  } catch {
    // Refused below.
  }
  const isPath = Array.isArray(path) && path.length > 1 && path.length < 5 &&
    KINDS.has(path[0]) &&
    path.every((part) => typeof part === "string" || Number.isSafeInteger(part));
  if (isPath) return path as unknown as ValuePath;
  throw new Refusal(400, "path has to be the `more` of a value");
}
