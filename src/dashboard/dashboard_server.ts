// The HTTP server of a dashboard. It checks each request, and answers it with the page or by `routes.ts`. Nothing that
// goes wrong here reaches the flow.

import { DashboardStartError } from "../errors/dashboard_errors.ts";
import { messageOf } from "../errors/message_of.ts";
import { Access, bracketed } from "./access.ts";
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from "../export/prometheus_text.ts";
import { errorAnswer, textAnswer } from "./answers.ts";
import type { FollowedRuns } from "./followed_runs.ts";
import { pageAnswer } from "./page_answer.ts";
import { Refusal } from "./refusal.ts";
import { allow, answerApi, notFound, type Target } from "./routes.ts";
import { Streams } from "./streams.ts";

/** The time that streams have to end when the server is closed, in milliseconds. */
const GRACE = 1_000;

/**
 * The longest interval between two requests of Prometheus, in milliseconds. A flow is followed from one to the next, as
 * its numbers would otherwise lack the jobs that the store drops in between.
 */
const SCRAPES = 180_000;

/** The time without changes after which a stream ends, in milliseconds, as an open stream keeps the program alive. */
const MAX_QUIET = 15_000;

/** Serves the dashboard of some flows. */
export class DashboardServer {
  readonly port: number;
  readonly #runs: FollowedRuns;
  readonly #access: Access;
  readonly #streams = new Streams();
  readonly #maxQuiet: number;
  readonly #abort = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #closed: Promise<void> | undefined;

  /**
   * @param runs The flows.
   * @param settings The settings.
   * @throws {DashboardStartError} If the address cannot be served.
   */
  constructor(runs: FollowedRuns, { hostname, port, token, keepAlive }: ServerSettings) {
    this.#runs = runs;
    this.#access = new Access(hostname, token);
    this.#maxQuiet = keepAlive ? Infinity : MAX_QUIET;
    this.#server = serve(
      hostname,
      port,
      this.#abort.signal,
      (request) => this.#answer(request),
    );
    this.port = this.#server.addr.port;
    if (!keepAlive) this.#server.unref();
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#streams.close();
    // A client that does not read would otherwise delay the end without bound.
    await this.#streams.idle(GRACE);
    // The program must not end while it waits for this.
    this.#server.ref();
    this.#abort.abort();
    await this.#server.finished;
    this.#runs[Symbol.dispose]();
  }

  async #answer(request: Request): Promise<Response> {
    try {
      return await this.#route(request);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  /** Answers a request of Prometheus. */
  async #metrics(request: Request): Promise<Response> {
    allow(request, "GET");
    const snapshots = await Promise.all(
      this.#runs.list().map((run) => {
        run.followFor(SCRAPES);
        return run.snapshot();
      }),
    );
    return textAnswer(prometheusText(snapshots), PROMETHEUS_CONTENT_TYPE);
  }

  async #route(request: Request): Promise<Response> {
    const address = addressOf(request);
    const isPage = address === "/" || address.startsWith("/?");
    this.#access.checkOrigin(request, isPage);
    if (isPage) {
      allow(request, "GET", "HEAD");
      return pageAnswer();
    }
    const { path: [root, ...path], query } = targetOf(address);
    const isForMetrics = root === "metrics" && path.length === 0;
    if (root !== "api" && !isForMetrics) throw notFound();
    this.#access.checkToken(request);
    if (isForMetrics) return await this.#metrics(request);
    const context = { runs: this.#runs, streams: this.#streams, maxQuiet: this.#maxQuiet };
    return await answerApi(context, request, { path, query });
  }
}

/** Settings of a server. */
export interface ServerSettings {
  readonly hostname: string;
  readonly port: number;
  readonly token: string;
  readonly keepAlive: boolean;
}

/** Returns the path and query of a request as they were sent; the URL may not be valid. */
function addressOf({ url }: Request): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start < 0 ? "" : url.slice(start);
}

function targetOf(address: string): Target {
  const [path = "", ...query] = address.split("?");
  const parts = path.split("/").slice(1);
  if (parts.at(-1) === "") parts.pop();
  try {
    return {
      path: parts.map(decoded),
      query: new URLSearchParams(query.join("?")),
    };
  } catch {
    throw new Refusal(400, "the address has an invalid percent-encoding");
  }
}

/**
 * Returns a segment of a path as text. The ids `.` and `..` follow a NUL, which no id contains, as browsers remove these
 * segments.
 */
function decoded(segment: string): string {
  return decodeURIComponent(segment).replace(/^\0(?=\.{1,2}$)/, "");
}

function serve(
  hostname: string,
  port: number,
  signal: AbortSignal,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  const address = `${bracketed(hostname)}:${port}`;
  checkPermission(address);
  try {
    const options = { hostname, port, signal, onListen() {}, onError: errorAnswer };
    return Deno.serve(options, handler);
  } catch (cause) {
    const isInUse = cause instanceof Deno.errors.AddrInUse;
    const fix = isInUse
      ? "end the other program, or choose another port; port 0 stands for any free one"
      : "choose another hostname or port";
    const problem = isInUse ? `port ${port} is in use` : messageOf(cause);
    throw new DashboardStartError(`the dashboard cannot be served at ${address}: ${problem}`, {
      cause,
      fix,
    });
  }
}

/** Refuses to start without the permission, instead of prompting for it. */
function checkPermission(address: string): void {
  let state = "denied";
  try {
    ({ state } = Deno.permissions.querySync({ name: "net", host: address }));
  } catch {
    // The address is invalid, which the attempt to serve it reports.
    return;
  }
  if (state === "granted") return;
  throw new DashboardStartError(
    `the program has no permission to serve the dashboard at ${address}`,
    { fix: `run it with --allow-net=${address.endsWith(":0") ? address.slice(0, -2) : address}` },
  );
}
