// The entry of the page of the dashboard.

import { render } from "preact";
import { takeToken } from "../api/token.ts";
import { startTheme } from "../ui/theme.ts";
import { DashboardApp } from "./dashboard_app.tsx";

startTheme();
takeToken();
render(<DashboardApp />, document.querySelector("#app") ?? document.body);
