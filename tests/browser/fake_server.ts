// A server with the API of the dashboard and the sample run, so that the page can be tested by itself: it answers
// what the test wants, records the actions, and can break its connections.

import type { Action, ApiError, FlowInfo, JobEventView } from "../../src/dashboard/api.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";
import { DASHBOARD_CSP, DASHBOARD_PAGE } from "../../src/web/dashboard_page.ts";
import { sampleDetail } from "./sample_detail.ts";
import { GRAPH } from "./sample_run.ts";
import { sampleRow, sampleSnapshot } from "./sample_snapshot.ts";

export const TOKEN = "test-token";

/** A stream that the page reads. */
interface OpenStream {
  readonly send: (type: string, data: unknown, id?: number) => void;
  readonly close: () => void;
  readonly jobId: string | undefined;
}

/** Serves the page and the sample run on a port of its own. */
export class FakeServer implements AsyncDisposable {
  /** The actions that the page has sent. */
  readonly actions: Action[] = [];
  /** The requests for pages of jobs, as the texts of their queries. */
  readonly queries: string[] = [];
  /** The `last-event-id` of each connection to a job's stream. */
  readonly resumed: string[] = [];
  /** The error with which the next action is answered. */
  refusal: ApiError | undefined;
  info: FlowInfo;
  snapshot: RunSnapshot;
  events: JobEventView[] = [];
  /** `true` while every request is refused as if the server were overloaded. */
  isDown = false;
  /** The full text of values that are shown cut off. */
  whole = "";
  readonly #traces: readonly JobTrace[];
  readonly #streams = new Set<OpenStream>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(traces: readonly JobTrace[], info: Partial<FlowInfo> = {}) {
    this.#traces = traces;
    this.info = {
      flowId: "readings",
      status: "running",
      graph: GRAPH,
      canAct: true,
      breakpoints: [],
      stopped: [],
      ...info,
    };
    this.snapshot = sampleSnapshot(traces, this.info.status, this.info.graph);
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      return this.#answer(request);
    });
  }

  /** The address of the page. */
  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The address with the token, as the program prints it. */
  get href(): string {
    return `${this.origin}/#token=${TOKEN}`;
  }

  /** Sends the current state to the pages. */
  push(): void {
    for (const { send, jobId } of this.#streams) {
      if (jobId !== undefined) continue;
      send("flow", this.info);
      send("snapshot", this.snapshot);
    }
  }

  /** Sends a JobEvent to the pages that show its job. */
  pushEvent(event: JobEventView): void {
    this.events.push(event);
    for (const { send, jobId } of this.#streams) {
      if (jobId !== undefined) send("job", event, event.seq);
    }
  }

  /** Breaks all open streams. */
  drop(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await this.#server.shutdown();
  }

  #answer(request: Request): Response | Promise<Response> {
    const url = new URL(request.url);
    if (this.isDown) return new Response("overloaded", { status: 503 });
    if (url.pathname === "/") {
      return new Response(DASHBOARD_PAGE, {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": DASHBOARD_CSP,
        },
      });
    }
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
      return fault(401, "Unauthorized", "the token is missing or wrong");
    }
    const [, api, flows, , part, jobId, rest] = url.pathname.split("/").map(decodeURIComponent);
    if (api !== "api" || flows !== "flows") return fault(404, "NotFound", "no such route");
    if (part === undefined) return Response.json([this.info]);
    if (part === "snapshot") return Response.json(this.snapshot);
    if (part === "stream") return this.#stream(undefined);
    if (part === "actions") return this.#act(request);
    if (jobId === undefined) return this.#jobs(url.searchParams);
    if (rest === "stream") {
      this.resumed.push(request.headers.get("last-event-id") ?? "");
      return this.#stream(jobId, Number(request.headers.get("last-event-id") ?? 0));
    }
    if (rest === "value") return new Response(this.whole);
    const trace = this.#traces.find((trace) => trace.jobId === jobId);
    if (trace === undefined) return fault(404, "NotFound", `there is no job "${jobId}"`);
    return Response.json(sampleDetail(trace));
  }

  #jobs(query: URLSearchParams): Response {
    this.queries.push(query.toString());
    const wanted = query.get("status")?.split(",");
    const text = (query.get("q") ?? "").toLowerCase();
    const found = this.#traces.map(sampleRow).reverse().filter(({ jobId, status, error }) =>
      (wanted === undefined || wanted.includes(status)) &&
      `${jobId} ${error?.name} ${error?.message}`.toLowerCase().includes(text)
    );
    const offset = Number(query.get("offset"));
    const rows = found.slice(offset, offset + Number(query.get("limit")));
    return Response.json({ total: found.length, rows });
  }

  async #act(request: Request): Promise<Response> {
    const action: Action = await request.json();
    this.actions.push(action);
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) return fault(409, refusal.name, refusal.message);
    if (action.type === "breakpoint") {
      const others = this.info.breakpoints.filter((id) => id !== action.routineId);
      const breakpoints = action.isSet ? [...others, action.routineId] : others;
      this.info = { ...this.info, breakpoints };
      this.push();
    }
    if (action.type === "rerun") return Response.json({ message: "started", jobId: "job_0001" });
    return Response.json({ message: `done: ${action.type}` });
  }

  #stream(jobId: string | undefined, after = 0): Response {
    const encoder = new TextEncoder();
    let stream: OpenStream | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = {
          jobId,
          send: (type, data, id) => {
            const mark = id === undefined ? "" : `id: ${id}\n`;
            const text = `${mark}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
            controller.enqueue(encoder.encode(text));
          },
          close: () => controller.close(),
        };
        this.#streams.add(stream);
        if (jobId === undefined) {
          stream.send("flow", this.info);
          stream.send("snapshot", this.snapshot);
        } else {
          const unseen = this.events.filter(({ seq }) => seq > after);
          for (const event of unseen) stream.send("job", event, event.seq);
        }
      },
      cancel: () => {
        if (stream !== undefined) this.#streams.delete(stream);
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

function fault(status: number, name: string, message: string): Response {
  return Response.json({ name, message }, { status });
}
