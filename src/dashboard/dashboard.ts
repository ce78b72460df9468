// The function `dashboard` and its options. It starts the server of `dashboard_server.ts` for some flows.

import { checkFlag, checkSignal, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { onAbort } from "../data/on_abort.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import type { Flow } from "../flow/flow.ts";
import type { RunSource } from "../run/run_source.ts";
import { bracketed, MIN_TOKEN, randomToken } from "./access.ts";
import { DashboardServer } from "./dashboard_server.ts";
import { FollowedRuns } from "./followed_runs.ts";

/**
 * Serves a page that shows flows while they run: their graphs with live counts, jobs, workers and failures, with
 * actions on them. The flows are not slowed down: their events are read only while the page is open, and a slow browser
 * skips states.
 *
 * The server accepts only requests from its own page and with its token, which is part of `url`. It stays open after the
 * flows are closed, to show what is known of them, but does not keep the program alive: the streams of an open page end
 * with the flow, or after a while without changes, and the page connects again.
 *
 * @example A flow with its dashboard
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { dashboard } from "@millrace/flow/dashboard";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers" }).add("fibonacci", fibonacci);
 * await using view = dashboard(flow);
 * console.log(view.url.startsWith("http://127.0.0.1:")); // true
 * await flow.execute("fibonacci.n", 20);
 * ```
 *
 * @param runs The flow or flows, or sources of other runs, such as {@linkcode JournalSources}.
 * @param options The address, the token, and a signal that closes the dashboard.
 * @returns The dashboard, which is being served.
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown, or if two flows have the same id.
 * @throws {DashboardStartError} If the address cannot be served, or the program has no permission to do so.
 */
export function dashboard(
  runs: Flow | RunSource | Iterable<Flow | RunSource>,
  options: DashboardOptions = {},
): Dashboard {
  const checked = checkOptions("dashboard", options, DASHBOARD);
  const { hostname = "127.0.0.1", port = 0, keepAlive = false, signal } = checked;
  const { token = randomToken() } = checked;
  signal?.throwIfAborted();
  const followed = new FollowedRuns(Symbol.iterator in runs ? runs : [runs]);
  const server = new DashboardServer(followed, {
    hostname,
    port,
    token,
    keepAlive,
  });
  const release = onAbort(signal, () => void close());
  const close = async () => {
    release();
    await server.close();
  };
  return {
    url: `http://${bracketed(visible(hostname))}:${server.port}/#token=${token}`,
    port: server.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * A dashboard that is being served.
 *
 * @example The address for a colleague's browser, behind a forwarded port
 * ```ts
 * import type { Dashboard } from "@millrace/flow/dashboard";
 *
 * const addressOf = ({ url }: Dashboard): string => url.replace(/:\d+\//, ":8080/");
 * ```
 */
export interface Dashboard extends AsyncDisposable {
  /** The address for a browser. The token follows `#`, which browsers do not send to any server. */
  readonly url: string;
  /** The port. */
  readonly port: number;
  /** Ends all connections and closes the server. A second call has no effect. */
  close(): Promise<void>;
}

/**
 * Options of {@linkcode dashboard}.
 *
 * @example A dashboard at a fixed address, which the browser can keep open from run to run
 * ```ts
 * import type { DashboardOptions } from "@millrace/flow/dashboard";
 *
 * const options: DashboardOptions = { port: 8123, token: Deno.env.get("DASHBOARD_TOKEN") ?? "" };
 * ```
 */
export interface DashboardOptions {
  /**
   * The port; 0 for any free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The address at which requests are accepted. With `"0.0.0.0"`, other machines can connect as well, by the address of
   * this one. The connection is not encrypted: outside of trusted networks, forward the port, as with `ssh -L`.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * The token that each request needs, of at least 16 characters: letters, digits, and `-._~`.
   *
   * @default A random one.
   */
  readonly token?: string;
  /** Closes the dashboard. */
  readonly signal?: AbortSignal;
  /**
   * Keeps the program alive until the dashboard is closed.
   *
   * @default {false}
   */
  readonly keepAlive?: boolean;
}

/** The checks of the options. */
const DASHBOARD: OptionChecks<DashboardOptions> = {
  port(option, value) {
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65_536) return value;
    throw new InvalidOptionError(option, value, "an integer from 0 to 65535");
  },
  hostname: checkText,
  token(option, value) {
    if (typeof value === "string" && /^[\w.~-]+$/.test(value) && value.length >= MIN_TOKEN) {
      return value;
    }
    throw new InvalidOptionError(option, value, "", {
      message: `${option} has to be a text of at least ${MIN_TOKEN} letters, digits and -._~`,
    });
  },
  signal: checkSignal,
  keepAlive: checkFlag,
};

/** Returns the address by which this machine reaches the server. */
function visible(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}
