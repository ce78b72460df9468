// The page of the dashboard in a browser, against a server with fixed answers: its views, its address and its token.

import { assert, assertEquals } from "@std/assert";
import { browserTest, closeBrowser } from "./browser.ts";
import { FakeServer, TOKEN } from "./fake_server.ts";
import { emptyTraces } from "./many_traces.ts";
import { sampleTraces } from "./sample_run.ts";
import { focused, seen, until } from "./seen.ts";

const TRACES = sampleTraces({ until: 3_200 });
const RETRIED =
  TRACES.find(({ activations }) =>
    activations.some(({ attempts }) => attempts.some(({ outcome }) => outcome === "retried"))
  )?.jobId ?? "";

Deno.test.afterAll(closeBrowser);

browserTest("DASHBOARD_PAGE shows totals and live counts", async ({ page, requests }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await seen(page, ".stat", /Running\s*34/);
  await seen(page, ".node", /enrich.*3 executing · 54 queued.*55 done/s);
  await seen(page, ".edge", "120");

  const { snapshot } = server;
  server.snapshot = {
    ...snapshot,
    at: snapshot.at + 250,
    jobs: { ...snapshot.jobs, running: 35 },
    connections: snapshot.connections.map((one) => ({ ...one, delivered: 7_654_321 })),
  };
  server.push();
  await seen(page, ".stat", /Running\s*35/);
  await seen(page, ".edge", "7,654,321");
  assert(requests.every((url) => url.startsWith(server.origin) || url === "data:,"), `${requests}`);
});

browserTest("takeToken() hides the token and survives a reload", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  assert(!page.url().includes(TOKEN), page.url());
  await page.reload();
  await seen(page, "h1", "readings");
});

browserTest("TokenForm asks for a missing token", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.origin);
  await seen(page, "h1", "needs a token");
  await page.locator("input[type=password]").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await seen(page, "h1", "needs a token");
  await page.locator("input[type=password]").fill(TOKEN);
  await page.getByRole("button", { name: "Open" }).click();
  await seen(page, "h1", "readings");
});

browserTest("JobsView pages through twenty thousand jobs", async ({ page }) => {
  await using server = new FakeServer(emptyTraces(20_000));
  await page.goto(`${server.href}`);
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await seen(page, ".found", "20,000 jobs");
  await seen(page, "tbody tr", "job_20000");
  assertEquals(await page.locator("tbody tr").count(), 50);
  await page.getByRole("button", { name: "Next" }).click();
  await seen(page, ".pager-place", "51–100 of 20,000");
  await seen(page, "tbody tr", "job_19950");
  await page.getByRole("button", { name: "Last" }).click();
  await seen(page, "tbody tr", "job_1");
  await page.goBack();
  await seen(page, ".pager-place", "51–100 of 20,000");
});

browserTest("JobsView filters by status and text", async ({ page }) => {
  await using server = new FakeServer(emptyTraces(300));
  await page.goto(server.href);
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await page.getByRole("button", { name: /^failed/ }).click();
  await seen(page, ".found", "30 jobs");
  await page.getByRole("button", { name: /^cancelled/ }).click();
  await seen(page, ".found", "60 jobs");
  await page.getByRole("searchbox").fill("job_12");
  await seen(page, ".found", "3 jobs");
  assertEquals(await page.getByRole("searchbox").inputValue(), "job_12");
  await page.getByRole("searchbox").fill("nothing like it");
  await seen(page, ".empty", "No job matches.");
  await page.reload();
  await seen(page, ".empty", "No job matches.");
  assert(server.queries.some((query) => query.includes("status=failed%2Ccancelled")));
});

browserTest("JobPage shows state and log and history", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await page.getByRole("link", { name: RETRIED }).click();
  await seen(page, ".job-title", RETRIED);
  const tab = (name: string) => page.getByRole("tab", { name });
  await tab("Timeline").focus();
  await page.keyboard.press("ArrowRight");
  await seen(page, "pre", "north-4");
  assertEquals(await focused(page), "Data");
  await seen(page, "pre", "lastValue");
  await tab("Log").click();
  await seen(page, "td", "data_processed");
  await tab("History").click();
  await seen(page, "tbody th", "retried");
  await page.locator(".inline-value summary").first().click();
  await seen(page, ".inline-value pre", "TimeoutError");
  await tab("Failures").click();
  await seen(page, "pre", "at lookUp (file:///app/routines/enrich.ts:41:13)");
  await seen(page, "pre", "t-17");
  await page.reload();
  await seen(page, "pre", "at lookUp");
});

browserTest("JobPage says that a job is missing", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await page.goto(`${server.origin}/#/f/readings/jobs/none`);
  await seen(page, "[role=alert]", 'there is no job "none"');
});

browserTest("Timeline selects spans by keyboard and pointer", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await page.goto(`${server.origin}/#/f/readings/jobs/${RETRIED}`);
  const box = page.locator(".timeline-box");
  await box.focus();
  await page.keyboard.press("ArrowDown");
  await seen(page, ".timeline-selected", /source a\d+ waits for a worker/);
  await page.keyboard.press("ArrowRight");
  await seen(page, ".timeline-selected", /source a\d+ executes: completed/);
  await page.keyboard.press("+");
  await page.getByRole("button", { name: "Fit" }).last().waitFor();
  await page.keyboard.press("Escape");
  await seen(page, ".timeline-selected", "Select a span");
  await page.keyboard.press("0");
  await box.click({ position: { x: 205, y: 24 + 18 } });
  await seen(page, ".timeline-selected", /source/);
  await page.getByRole("button", { name: "Table" }).click();
  await seen(page, "tbody td", "waits for attempt 2");
});

browserTest("WorkersView and FailuresView show workers and causes", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await page.getByRole("link", { name: "Workers", exact: true }).click();
  await seen(page, "tbody tr", /worker-1.*executing.*of job_/s);
  await page.getByRole("link", { name: /^Failures/ }).click();
  await seen(page, ".card", /TimeoutError in enrich.*11 failed attempts.*enrich.ts:41:13/s);
  await page.getByText("Stack").click();
  await seen(page, ".card pre", "at input");
});

browserTest("FlowGraph selects a routine by keyboard", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await page.getByRole("button", { name: /^enrich / }).focus();
  await page.keyboard.press("Enter");
  await seen(page, ".routine-panel", /enrich.*Events\s*enriched/s);
  assertEquals(
    await page.getByRole("button", { name: /^enrich / }).getAttribute("aria-pressed"),
    "true",
  );
  await page.keyboard.press(" ");
  await until(async () => await page.locator(".routine-panel").count() === 0);
});

browserTest("ThemeToggle changes and stores the colours", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  const light = await background();
  const toggle = page.getByRole("button", { name: "Colours:" });
  await toggle.click();
  assertEquals(await background(), light);
  await toggle.click();
  const dark = await background();
  assert(dark !== light);
  await page.reload();
  await seen(page, "h1", "readings");
  assertEquals(await background(), dark);
});
