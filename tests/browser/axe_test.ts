// Every view of both pages, checked by axe-core in light and dark: nothing serious may be found.

import { assertEquals } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import { reportPage } from "../../src/web/report_page.ts";
import { browserTest, closeBrowser, type Page } from "./browser.ts";
import { FakeServer } from "./fake_server.ts";
import { sampleEvents } from "./sample_detail.ts";
import { sampleReport } from "./sample_report.ts";
import { sampleTraces } from "./sample_run.ts";
import { limitedSnapshot } from "./sample_snapshot.ts";
import { seen } from "./seen.ts";

const TRACES = sampleTraces({ until: 3_200 });
const ENDED = sampleTraces();
const OPEN = TRACES.find(({ status, activations }) =>
  status === "running" && activations.some(({ attempts }) => attempts.some(({ error }) => error))
);

Deno.test.afterAll(closeBrowser);

/** Colours do not depend on the width, so one theme is enough for a narrow window. */
const WINDOWS = [
  { colorScheme: "light", width: 1280, height: 800 },
  { colorScheme: "dark", width: 1280, height: 800 },
  { colorScheme: "light", width: 390, height: 844 },
] as const;

for (const { colorScheme, width, height } of WINDOWS) {
  const options = { colorScheme, width, height };

  browserTest(`DASHBOARD_PAGE is accessible in ${colorScheme} at ${width}`, async ({ page }) => {
    const stopped = [{ jobId: OPEN?.jobId ?? "", activationId: "a77", routineId: "classify" }];
    await using server = new FakeServer(TRACES, { breakpoints: ["classify"], stopped });
    server.snapshot = limitedSnapshot(server.snapshot);
    server.events = OPEN === undefined ? [] : sampleEvents(OPEN);
    await page.goto(server.origin);
    await seen(page, "h1", "needs a token");
    await assertAccessible(page, "token");
    await page.goto(server.href);
    await page.reload();
    await seen(page, ".stat", "Running");
    await page.getByRole("button", { name: /^enrich / }).click();
    await assertAccessible(page, "overview");
    for (const view of ["jobs?status=running", "workers", "failures"]) {
      await page.goto(`${server.origin}/#/f/readings/${view}`);
      await page.locator("main table, main .card").first().waitFor();
      await assertAccessible(page, view);
    }
    for (const tab of ["timeline", "data", "log", "history", "failures", "events"]) {
      await page.goto(`${server.origin}/#/f/readings/jobs/${OPEN?.jobId}/${tab}`);
      await page.locator("[role=tabpanel] :is(table, pre, canvas)").first().waitFor();
      await assertAccessible(page, `job, ${tab}`);
    }
    await page.getByRole("button", { name: "Send a signal…" }).click();
    await assertAccessible(page, "dialog");
    server.isDown = true;
    server.drop();
    await seen(page, ".connection", "The connection is lost");
    await assertAccessible(page, "lost connection");
  }, options);

  browserTest(`reportPage() is accessible in ${colorScheme} at ${width}`, async ({ page }) => {
    const path = await Deno.makeTempFile({ suffix: ".html" });
    try {
      await Deno.writeTextFile(path, reportPage(JSON.stringify(sampleReport(ENDED))));
      await page.goto(`file://${path}`);
      await seen(page, "h1", "readings");
      await page.locator("#timeline").getByRole("button", { name: "Table" }).click();
      await page.locator(".card summary").first().click();
      await assertAccessible(page, "report");
    } finally {
      await Deno.remove(path);
    }
  }, options);
}

/** The rules on colours; all others find the same in each theme. */
const ON_COLOURS = ["color-contrast", "link-in-text-block"];

async function assertAccessible(page: Page, view: string): Promise<void> {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
  const options = { resultTypes: ["violations"], ...isDark ? { runOnly: ON_COLOURS } : {} };
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(document, ${JSON.stringify(options)})`,
  );
  const faults = violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html).join("\n")}`);
  assertEquals(faults, []);
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}
