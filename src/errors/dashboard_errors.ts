import { MillraceError } from "./millrace_error.ts";

/**
 * The server of a dashboard could not be started: its port is in use, its address does not exist, or the program has no
 * permission to serve it.
 *
 * @example Another port if the usual one is in use
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { type Dashboard, dashboard, DashboardStartError } from "@millrace/flow/dashboard";
 *
 * function open(flow: Flow): Dashboard {
 *   try {
 *     return dashboard(flow, { port: 8123 });
 *   } catch (error) {
 *     if (!(error instanceof DashboardStartError)) throw error;
 *     return dashboard(flow);
 *   }
 * }
 * ```
 */
export class DashboardStartError extends MillraceError {
  /** Always `"DashboardStartError"`. */
  override readonly name = "DashboardStartError";
}
