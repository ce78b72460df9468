/**
 * A web page that shows flows while they run, or the jobs of a journal, and acts on them.
 *
 * @example The jobs of a journal that another process writes
 * ```ts
 * import { dashboard, JournalSources } from "@millrace/flow/dashboard";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * async function view(path: string, signal: AbortSignal): Promise<void> {
 *   using store = new SqliteStore(path, { readOnly: true });
 *   await using view = dashboard(new JournalSources(store), { keepAlive: true });
 *   console.log(view.url);
 *   await new Promise((resolve) => signal.addEventListener("abort", resolve));
 * }
 * ```
 *
 * @module
 */

export { type Dashboard, dashboard, type DashboardOptions } from "../src/dashboard/dashboard.ts";
export { DashboardStartError } from "../src/errors/dashboard_errors.ts";
export { JournalSources } from "../src/run/journal_sources.ts";
export type { RunSource, RunStream } from "../src/run/run_source.ts";
