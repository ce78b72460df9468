// The entry of the page of a report.

import { render } from "preact";
import type { RunReport } from "../../src/report/run_report.ts";
import { startTheme } from "../ui/theme.ts";
import { ReportApp } from "./report_app.tsx";

startTheme();
const report: RunReport = JSON.parse(document.querySelector("#report")?.textContent ?? "");
document.title = `${report.flowId}: report`;
render(<ReportApp report={report} />, document.querySelector("#app") ?? document.body);
