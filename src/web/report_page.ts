import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH, TITLE } from "./built/report.ts";
import { htmlPage } from "./html_page.ts";

/**
 * The sources that the page may use: its own style and script, and nothing of any network. The page repeats it, as a
 * file on a disk has no headers.
 */
const POLICY =
  `default-src 'none'; script-src ${SCRIPT_HASH}; style-src ${STYLE_HASH}; img-src data:`;

/**
 * Returns a report as one HTML document that requests nothing.
 *
 * @param json The `RunReport` as JSON.
 */
export function reportPage(json: string): string {
  // In a string of JSON, which is the only place for it, `<` may be written as an escape.
  const data = json.replaceAll("<", "\\u003c");
  return htmlPage({
    title: TITLE,
    policy: POLICY,
    style: STYLE,
    body: `<script type="application/json" id="report">${data}</script>`,
    script: SCRIPT,
  });
}
