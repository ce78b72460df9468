// The streams of the dashboard's page: a lost connection is shown, comes back by itself, and loses nothing.

import { assertEquals } from "@std/assert";
import { browserTest, closeBrowser } from "./browser.ts";
import { FakeServer } from "./fake_server.ts";
import { sampleEvents, shownValue } from "./sample_detail.ts";
import { sampleTraces } from "./sample_run.ts";
import { seen, until } from "./seen.ts";

const TRACES = sampleTraces({ until: 3_200 });

Deno.test.afterAll(closeBrowser);

browserTest("ConnectionState shows a lost connection until it is back", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, ".stat", /Running\s*34/);
  server.isDown = true;
  server.drop();
  await seen(page, ".connection", "The connection is lost");
  await seen(page, ".stat", /Running\s*34/);
  server.snapshot = { ...server.snapshot, jobs: { ...server.snapshot.jobs, running: 12 } };
  server.isDown = false;
  await seen(page, ".stat", /Running\s*12/);
  await until(async () => await page.getByText("The connection is lost").count() === 0);
});

browserTest("JobEvents goes on after the last event it has", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  const [trace] = TRACES;
  server.events = trace === undefined ? [] : sampleEvents(trace).slice(0, 5);
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await page.goto(`${server.origin}/#/f/readings/jobs/${trace?.jobId}/events`);
  const numbers = () => page.locator("tbody tr td:first-child").allTextContents();
  await until(async () => (await numbers()).length === 5);
  server.drop();
  await until(() => server.resumed.length === 2);
  for (const seq of [6, 7]) {
    server.pushEvent({ seq, at: 0, type: "log_appended", value: shownValue({ seq }) });
  }
  await until(async () => (await numbers()).length === 7);
  assertEquals(await numbers(), ["7", "6", "5", "4", "3", "2", "1"]);
  assertEquals(server.resumed, ["", "5"]);

  await page.getByRole("button", { name: "Hold the list" }).click();
  server.pushEvent({ seq: 8, at: 0, type: "log_appended", value: shownValue({}) });
  await page.getByRole("button", { name: "Hold the list" }).click();
  await until(async () => (await numbers()).length === 8);
});

browserTest("useRefreshed shows a job that changes", async ({ page }) => {
  const jobs = [...TRACES];
  await using server = new FakeServer(jobs);
  const index = jobs.findIndex(({ status }) => status === "running");
  const trace = jobs[index];
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await page.goto(`${server.origin}/#/f/readings/jobs/${trace?.jobId}`);
  await seen(page, ".job-line", "running");
  if (trace !== undefined) jobs[index] = { ...trace, status: "cancelled", endedAt: trace.lastAt };
  server.snapshot = { ...server.snapshot, at: server.snapshot.at + 250 };
  server.push();
  await seen(page, ".job-line", "cancelled");
});
