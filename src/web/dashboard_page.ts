import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH, TITLE } from "./built/dashboard.ts";
import { htmlPage } from "./html_page.ts";

/** The page of the dashboard: one HTML document that requests only the API of its own server. */
export const DASHBOARD_PAGE: string = htmlPage({
  title: TITLE,
  style: STYLE,
  body: "",
  script: SCRIPT,
});

/**
 * The content security policy with which the page is to be served: its own script and style, requests to its own
 * server, and nothing else.
 */
export const DASHBOARD_CSP: string = [
  "default-src 'none'",
  `script-src ${SCRIPT_HASH}`,
  `style-src ${STYLE_HASH}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
