/**
 * Photographs the pages of the dashboard and of the report with the sample run of the tests, for `docs/`. It needs
 * Chromium.
 *
 * @module
 */

import { closeBrowser, type Page, withPage } from "../tests/browser/browser.ts";
import { FakeServer } from "../tests/browser/fake_server.ts";
import { sampleReport } from "../tests/browser/sample_report.ts";
import { noise, sampleTraces } from "../tests/browser/sample_run.ts";
import { seen } from "../tests/browser/seen.ts";
import { reportPage } from "../src/web/report_page.ts";

const FOLDER = new URL("../docs/screenshots/", import.meta.url);

/** The number of snapshots that the chart of the overview shows. */
const SNAPSHOTS = 120;

const ENDED = sampleTraces();
const RUNNING = sampleTraces({ until: 5_400 });

/** A job with retries that is still running. */
const RETRIED =
  RUNNING.find(({ status, activations }) =>
    status === "running" && activations.some(({ attempts }) => attempts.length > 1)
  )?.jobId ?? "";

await Deno.mkdir(FOLDER, { recursive: true });
for (const colorScheme of ["light", "dark"] as const) {
  await withPage(async ({ page }) => {
    await using server = new FakeServer(RUNNING, { breakpoints: ["notify"] });
    await page.goto(server.href);
    await seen(page, ".stat", "Running");
    await showRates(server);
    await page.getByRole("button", { name: /^enrich / }).click();
    await page.mouse.move(0, 0);
    await seen(page, ".stat", /Retried/);
    await photograph(page, `dashboard-${colorScheme}.png`);
    await page.goto(`${server.origin}/#/f/readings/jobs/${RETRIED}`);
    await page.locator(".timeline-box").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await seen(page, ".timeline-selected", "executes");
    await photograph(page, `job-${colorScheme}.png`);
  }, { colorScheme, height: 900 });
}
await withPage(async ({ page }) => {
  const path = await Deno.makeTempFile({ suffix: ".html" });
  await Deno.writeTextFile(path, reportPage(JSON.stringify(sampleReport(ENDED))));
  await page.goto(`file://${path}`);
  await seen(page, "h1", "readings");
  await photograph(page, "report.png");
  await Deno.remove(path);
}, { height: 900 });
await closeBrowser();

/** Sends snapshots over half a minute, so that the chart has a line. */
async function showRates(server: FakeServer): Promise<void> {
  const { snapshot } = server;
  for (let index = 0; index < SNAPSHOTS; index++) {
    server.snapshot = {
      ...snapshot,
      at: snapshot.at + index * 250,
      rate: 34 + 9 * Math.sin(index / 9) + 5 * noise(index),
      totals: { ...snapshot.totals, queued: Math.round(60 + 30 * Math.cos(index / 11)) },
    };
    server.push();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function photograph(page: Page, name: string): Promise<void> {
  // Two frames, so that all that was sent is drawn.
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  await page.waitForTimeout(300);
  await page.screenshot({ path: new URL(name, FOLDER).pathname });
  const { size } = await Deno.stat(new URL(name, FOLDER));
  console.log(`docs/screenshots/${name}: ${Math.round(size / 1024)} KB`);
}
