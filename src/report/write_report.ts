import type { Flow } from "../flow/flow.ts";
import type { RunSource } from "../run/run_source.ts";
import { htmlReport } from "./html_report.ts";
import { reportOf, type ReportOptions } from "./report_of.ts";

/**
 * Writes a report of the jobs of a flow, or of a journal, as one HTML file that opens from disk. It replaces a file of
 * that name.
 *
 * @example A report at the end of a program
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { writeReport } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * const path = await Deno.makeTempFile({ suffix: ".html" });
 * await writeReport(flow, path);
 * console.log((await Deno.stat(path)).size > 1000); // true
 * await Deno.remove(path);
 * ```
 *
 * @param run The flow, which must not be closed, or another source of jobs.
 * @param path The path of the file.
 * @param options The size of the report.
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
 * @throws {ClosedError} If the flow is closed.
 */
export async function writeReport(
  run: Flow | RunSource,
  path: string | URL,
  options?: ReportOptions,
): Promise<void> {
  await Deno.writeTextFile(path, htmlReport(reportOf(run, options)));
}
