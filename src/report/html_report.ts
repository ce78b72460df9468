import { reportPage } from "../web/report_page.ts";
import { pageJson } from "./page_json.ts";
import type { RunReport } from "./run_report.ts";

/**
 * Returns a report as one HTML document, which contains all that it needs: it opens from disk and requests nothing
 * from the network.
 *
 * @example The document of a run
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { htmlReport, reportOf } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * const html = htmlReport(reportOf(flow));
 * console.log(html.startsWith("<!")); // true
 * ```
 *
 * @param report The report.
 */
export function htmlReport(report: RunReport): string {
  return reportPage(pageJson(report));
}
