// Texts that a program under observation controls, such as ids, errors and payloads, are shown as text: they run
// nothing, lead nowhere and reverse nothing.

import { assert, assertEquals } from "@std/assert";
import { reportPage } from "../../src/web/report_page.ts";
import { browserTest, closeBrowser, type Page } from "./browser.ts";
import { FakeServer } from "./fake_server.ts";
import { CONTROLS, HOSTILE_GRAPH, hostileTraces, MEGABYTE, SCRIPT } from "./hostile_run.ts";
import { sampleReport } from "./sample_report.ts";
import { seen, until } from "./seen.ts";

const TRACES = hostileTraces();

/** The number of characters of the page. */
const LENGTH = "document.body.textContent.length";

const ESCAPED = "a\\x00b\\x1b[31mred\\x07 \\u202etxet\\u2066 <!--";

Deno.test.afterAll(closeBrowser);

browserTest("DASHBOARD_PAGE shows hostile texts as text", async ({ page, requests }) => {
  await using server = new FakeServer(TRACES, { graph: HOSTILE_GRAPH, flowId: SCRIPT });
  server.whole = `${CONTROLS}${MEGABYTE}${SCRIPT}`;
  await page.goto(server.href);
  await seen(page, "h1", SCRIPT.slice(0, 80));
  await seen(page, "tbody th", "enrich<script>hit = 3</script>");
  for (const view of ["jobs", "workers", "failures"]) {
    await page.goto(`${server.origin}/#/f/${encodeURIComponent(SCRIPT)}/${view}`);
    await seen(page, "main", "hit");
    await assertHarmless(page);
  }
  await page.goto(`${server.origin}/#/f/${encodeURIComponent(SCRIPT)}/jobs`);
  await page.getByRole("link", { name: /^javascript:/ }).click();
  await seen(page, ".job-title", "javascript:hit=4//</script>");
  for (const tab of ["Data", "Log", "History", "Failures", "Live events", "Timeline"]) {
    await page.getByRole("tab", { name: tab }).click();
    await assertHarmless(page);
  }
  await page.goBack();
  await page.goto(`${server.origin}/#/f/${encodeURIComponent(SCRIPT)}/jobs`);
  await page.getByRole("link", { name: ESCAPED }).first().click();
  await seen(page, ".job-title", ESCAPED);
  assert(requests.every((url) => url.startsWith(server.origin) || url === "data:,"));
});

browserTest("LongText shows a megabyte on request", async ({ page }) => {
  await using server = new FakeServer(TRACES, { graph: HOSTILE_GRAPH });
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  const jobId = encodeURIComponent(TRACES[1]?.jobId ?? "");
  await page.goto(`${server.origin}/#/f/readings/jobs/${jobId}/failures`);
  const button = page.getByRole("button", { name: /Show all 1,\d+ ?,?\d+ characters/ }).first();
  await button.waitFor();
  const before = await page.evaluate<number>(LENGTH);
  assert(before < 1_000_000, `${before}`);
  await button.click();
  await until(async () => await page.evaluate<number>(LENGTH) > 1_000_000);
  await assertHarmless(page);
});

browserTest("reportPage() shows hostile texts as text", async ({ page, requests }) => {
  const report = sampleReport(TRACES, HOSTILE_GRAPH);
  const path = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(path, reportPage(JSON.stringify({ ...report, flowId: SCRIPT })));
    await page.goto(`file://${path}`);
    await seen(page, "h1", SCRIPT.slice(0, 80));
    await seen(page, "tbody th", "javascript:hit=4//</script>");
    await seen(page, "tbody th", ESCAPED);
    await seen(page, "tbody th", "enrich<script>hit = 3</script>");
    await page.locator(".card summary").first().click();
    await assertHarmless(page);
    assertEquals(requests.filter((url) => url !== "data:,"), [`file://${path}`]);
  } finally {
    await Deno.remove(path);
  }
});

/** No text became a program, an element or a link to a program. */
async function assertHarmless(page: Page): Promise<void> {
  assertEquals(await page.evaluate("typeof globalThis.hit"), "undefined");
  assertEquals(await page.locator("main img, main script, [onerror]").count(), 0);
  assertEquals(await page.locator("a:not([href^='#'])").count(), 0);
  const text = await page.evaluate<string>("document.body.innerText");
  // deno-lint-ignore no-control-regex
  assert(!/[\x00\x07\x1b\u202e\u2066]/.test(text), "a control character is shown as it is");
}
