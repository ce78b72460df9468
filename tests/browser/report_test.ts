// The page of a report in a browser, opened from a file.

import { assert, assertEquals } from "@std/assert";
import { reportPage } from "../../src/web/report_page.ts";
import type { RunReport } from "../../src/report/run_report.ts";
import { browserTest, closeBrowser, type Visit } from "./browser.ts";
import { sampleReport } from "./sample_report.ts";
import { sampleTraces } from "./sample_run.ts";
import { seen, until } from "./seen.ts";

const REPORT = sampleReport(sampleTraces());
const FAILED = REPORT.jobs.find(({ row }) => row.status === "failed")?.row.jobId ?? "";

Deno.test.afterAll(closeBrowser);

browserTest("reportPage() opens from a file and requests nothing", async (visit) => {
  await opened(visit, REPORT, async ({ page, requests }, href) => {
    await seen(page, "h1", "readings");
    await seen(page, ".stat", /Jobs\s*40/);
    await seen(page, ".card", /TimeoutError in enrich.*failed attempts.*enrich.ts:41:13/s);
    await seen(page, "#slowest tbody tr", /enrich.*ms/);
    await seen(page, ".node", /store.*done/s);
    await seen(page, "#workers tbody tr", "worker-4");
    assertEquals(requests.filter((url) => url !== "data:,"), [href]);
  });
});

browserTest("reportPage() shows the critical path of a job", async (visit) => {
  await opened(visit, REPORT, async ({ page }) => {
    await seen(page, "#job-title", FAILED);
    await seen(page, "#job .critical-path tbody tr", /enrich.*waits for a worker/s);
    await seen(page, "#job .error pre", "at lookUp");
    await page.getByRole("searchbox").fill("job_0007");
    await page.getByRole("button", { name: "job_0007", exact: true }).first().click();
    await seen(page, "#job-title", "job_0007");
    assertEquals(await page.evaluate("document.activeElement.id"), "job-title");
  });
});

browserTest("reportPage() shows the timeline by job and by worker", async (visit) => {
  await opened(visit, REPORT, async ({ page }) => {
    const section = page.locator("#timeline");
    await section.locator(".timeline-box").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await seen(page, "#timeline .timeline-selected", /source a1 executes: completed.*on worker-1/);
    await section.getByRole("button", { name: "By worker" }).click();
    await section.locator(".timeline-box").focus();
    await page.keyboard.press("End");
    await seen(page, "#timeline .timeline-selected", "on worker-4");
    await section.getByRole("button", { name: /^Open job_/ }).click();
    await seen(page, "#job-title", /job_\d+/);
    await section.getByRole("button", { name: "Table" }).click();
    await seen(page, "#timeline tbody tr", /enrich.*executes: completed.*worker-/s);
  });
});

browserTest("reportPage() handles 400 jobs with 40,000 spans", async (visit) => {
  const report = sampleReport(sampleTraces({ jobs: 400, readings: 12, workers: 16 }));
  const spans = report.jobs.flatMap(({ trace }) => trace.activations).length;
  assert(spans > 15_000, `${spans}`);
  await opened(visit, report, async ({ page }) => {
    await seen(page, ".stat", /Jobs\s*400/);
    // Only what is in sight is in the page.
    assert(await page.evaluate<number>("document.querySelectorAll('*').length") < 4_000);
    await page.locator("#timeline").getByRole("button", { name: "By worker" }).click();
    await page.locator("#timeline .timeline-box").focus();
    await page.keyboard.press("End");
    await seen(page, "#timeline .timeline-selected", "on worker-16");
    await page.locator("#timeline").getByRole("button", { name: "Zoom in" }).click();
    await page.locator("#timeline").getByRole("button", { name: "Table" }).click();
    await seen(page, "#timeline .pager-place", /^1–50 of \d\d,\d\d\d$/);
  });
});

browserTest("reportPage() shows a run without jobs", async (visit) => {
  await opened(visit, sampleReport([]), async ({ page }) => {
    await seen(page, ".empty", "The run has no jobs.");
    await seen(page, ".empty", "No attempt has failed.");
  });
});

async function opened(
  { page, requests }: Visit,
  report: RunReport,
  run: (visit: Visit, href: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(path, reportPage(JSON.stringify(report)));
    await page.goto(`file://${path}`);
    await until(async () => await page.locator("h1").count() === 1);
    await run({ page, requests }, `file://${path}`);
  } finally {
    await Deno.remove(path);
  }
}
