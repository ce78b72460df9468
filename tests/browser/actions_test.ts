// The actions of the dashboard's page: each asks for a confirmation and sends nothing without it. Breakpoints and
// steps are sent at once.

import { assert, assertEquals } from "@std/assert";
import { browserTest, closeBrowser, type Page } from "./browser.ts";
import { FakeServer } from "./fake_server.ts";
import { sampleTraces } from "./sample_run.ts";
import { focused, seen, until } from "./seen.ts";

const TRACES = sampleTraces({ until: 3_200 });
const OPEN =
  TRACES.find(({ status, activations }) =>
    status === "running" && activations.some(({ attempts }) => attempts.some(({ error }) => error))
  )?.jobId ?? "";

Deno.test.afterAll(closeBrowser);

browserTest("ActionsProvider asks before it pauses a flow", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  const button = page.getByRole("button", { name: "Pause the flow" });
  await button.focus();
  await page.keyboard.press("Enter");
  await seen(page, "dialog h2", "Pause the flow");
  // The focus stays in the dialog, or goes to the browser itself, and returns when the dialog is closed.
  for (let press = 0; press < 6; press++) {
    await page.keyboard.press("Tab");
    const isOutside = await page.evaluate(
      "!document.activeElement.closest('dialog') && document.activeElement !== document.body",
    );
    assert(!isOutside, await focused(page));
  }
  await page.keyboard.press("Escape");
  await until(async () => await page.locator("dialog").count() === 0);
  assertEquals(await focused(page), "Pause the flow");
  assertEquals(server.actions, []);

  await button.click();
  await page.locator("dialog").getByRole("button", { name: "Pause" }).click();
  await seen(page, ".outcome", "done: pause");
  assertEquals(server.actions, [{ type: "pause" }]);
  server.info = { ...server.info, status: "paused" };
  server.push();
  await page.getByRole("button", { name: "Resume the flow" }).click();
  await page.locator("dialog").getByRole("button", { name: "Resume" }).click();
  await until(() => server.actions.length === 2);
  assertEquals(server.actions[1], { type: "resume" });
});

browserTest("ActionsProvider cancels a job with a reason", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await openJob(page, server);
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByLabel("Reason (optional)").fill("not needed");
  server.refusal = { name: "JobEndedError", message: "the job has just ended" };
  await page.locator("dialog").getByRole("button", { name: "Cancel the job" }).click();
  await seen(page, "dialog [role=alert]", "the job has just ended");
  await page.locator("dialog").getByRole("button", { name: "Cancel the job" }).click();
  await until(async () => await page.locator("dialog").count() === 0);
  const cancel = { type: "cancel", jobId: OPEN, reason: "not needed" } as const;
  assertEquals(server.actions, [cancel, cancel]);
});

browserTest("ActionsProvider retries from an activation", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await openJob(page, server);
  await page.getByRole("tab", { name: /^Failures/ }).click();
  await page.getByRole("button", { name: "Retry from here…" }).first().click();
  await seen(page, "dialog p", `repeat ${OPEN} from activation`);
  await page.getByRole("button", { name: "Start the new job" }).click();
  await page.getByRole("link", { name: "Open job_0001" }).click();
  await seen(page, ".job-title", "job_0001");
  const [action] = server.actions;
  assert(action?.type === "rerun" && action.jobId === OPEN && /^a\d+$/.test(action.from));
});

browserTest("SignalFields sends JSON and refuses anything else", async ({ page }) => {
  const jobs = TRACES.map((trace) => ({
    ...trace,
    waits: trace.jobId !== OPEN ? trace.waits : [{
      waitId: "w1",
      signal: "approval",
      routineId: "classify",
      activationId: "a9",
      since: trace.createdAt,
      endedAt: undefined,
      outcome: "waiting" as const,
    }],
  }));
  await using server = new FakeServer(jobs);
  await openJob(page, server);
  await seen(page, ".waits", "classify waits for signal approval");
  await page.getByRole("button", { name: "Send approval…" }).click();
  await page.getByLabel("Payload as JSON").fill('{"ok": tru');
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await seen(page, "dialog .text-fail", "This is not valid JSON.");
  assertEquals(server.actions, []);
  await page.getByLabel("Payload as JSON").fill('{"ok": true}');
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await seen(page, ".outcome", "done: signal");
  const payload = { ok: true };
  assertEquals(server.actions, [{ type: "signal", jobId: OPEN, signal: "approval", payload }]);
});

browserTest("BreakpointButton sets a breakpoint in the graph", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await page.getByRole("button", { name: /^classify / }).click();
  await page.locator(".routine-panel").getByRole("button", { name: "Breakpoint on classify" })
    .click();
  await page.getByRole("button", { name: /^classify .*breakpoint/ }).waitFor();
  assertEquals(server.actions, [{ type: "breakpoint", routineId: "classify", isSet: true }]);
  await page.locator(".routine-panel").getByRole("button", { name: "Breakpoint on classify" })
    .click();
  await until(() => server.actions.length === 2);
  assertEquals(server.actions[1], { type: "breakpoint", routineId: "classify", isSet: false });
});

browserTest("StoppedJobs steps and continues", async ({ page }) => {
  const stopped = [{ jobId: OPEN, activationId: "a77", routineId: "classify" }];
  await using server = new FakeServer(TRACES, { breakpoints: ["classify"], stopped });
  await page.goto(server.href);
  await seen(page, ".node", "1 stopped");
  await page.getByRole("button", { name: `Step ${OPEN}` }).click();
  await page.getByRole("button", { name: `Continue ${OPEN}` }).click();
  await until(() => server.actions.length === 2);
  assertEquals(server.actions, [{ type: "step", jobId: OPEN }, { type: "continue", jobId: OPEN }]);
  await page.getByRole("link", { name: OPEN }).first().click();
  await seen(page, ".job-line", "stopped before classify");
  server.info = { ...server.info, stopped: [] };
  server.push();
  await until(async () => await page.getByText("stopped before").count() === 0);
});

browserTest("FlowHeader offers no action on a record", async ({ page }) => {
  await using server = new FakeServer(TRACES, { status: "recorded", canAct: false });
  await openJob(page, server);
  await seen(page, ".flow-line", "Read only");
  const names = await page.getByRole("button").allTextContents();
  assert(!names.some((name) => /Pause|Cancel|signal|Retry|Step/.test(name)), `${names}`);
});

async function openJob(page: Page, server: FakeServer): Promise<void> {
  await page.goto(server.href);
  await seen(page, "h1", "readings");
  await page.goto(`${server.origin}/#/f/readings/jobs/${OPEN}`);
  await seen(page, ".tabs", "Timeline");
}
