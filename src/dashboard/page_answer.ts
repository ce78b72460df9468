import { DASHBOARD_CSP, DASHBOARD_PAGE } from "../web/dashboard_page.ts";
import { HEADERS } from "./answers.ts";

/** Returns the page of the dashboard as an answer. It contains no data, and runs only its own script. */
export function pageAnswer(): Response {
  return new Response(DASHBOARD_PAGE, {
    headers: {
      ...HEADERS,
      "content-security-policy": DASHBOARD_CSP,
      "content-type": "text/html; charset=utf-8",
    },
  });
}
