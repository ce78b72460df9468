// The page of the dashboard with the real server and a real flow: what the flow does is seen, and what is clicked
// happens.

import { assert, assertEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { dashboard } from "@millrace/flow/dashboard";
import { writeReport } from "@millrace/flow/report";
import { sharedPool } from "../flow/shared_pool.ts";
import { browserTest, closeBrowser } from "./browser.ts";
import { pack, ship, split } from "./order_routines.ts";
import { focused, seen, until } from "./seen.ts";

const pool = sharedPool();

Deno.test.afterAll(closeBrowser);

/** The number of characters of the page. */
const LENGTH = "document.body.textContent.length";

const HOSTILE = "</script><script>globalThis.hit = 1</script>\x1b[31m\u202e";

browserTest("dashboard() shows a flow while it runs", async ({ page, requests }) => {
  await using flow = orders();
  await using view = dashboard(flow);
  await page.goto(view.url);
  await seen(page, "h1", "orders");
  await seen(page, ".node", /pack.*0 done/s);
  await flow.execute("split.order", { items: 20, note: HOSTILE, flaky: 3 }, { jobId: "first" });
  await seen(page, ".node", /pack.*20 done/s);
  await seen(page, ".node", /ship.*20 done/s);
  await seen(page, ".edge", "20");
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await seen(page, "tbody tr", /first.*completed/s);
  await page.getByRole("link", { name: "first" }).click();
  await page.getByRole("tab", { name: "Data" }).click();
  await seen(page, "pre", "</script><script>globalThis.hit = 1</script>");
  await page.getByRole("tab", { name: "History" }).click();
  await seen(page, "tbody tr", /completed.*ship\.item/s);
  await page.getByRole("button", { name: "Last" }).click();
  await seen(page, "tbody tr", /queued.*split\.order/s);
  await page.getByRole("tab", { name: "Failures" }).click();
  await seen(page, ".card", /pack\.item.*TypeError: the box has slipped.*order_routines\.ts/s);
  await page.getByRole("tab", { name: "Live events" }).click();
  await seen(page, "tbody tr", "job_completed");
  await flow.close();
  await seen(page, ".flow-line", /closed.*Read only/s);
  await page.getByRole("link", { name: "Workers", exact: true }).click();
  await seen(page, "#workers tbody tr", "idle");
  assertEquals(await page.evaluate("typeof globalThis.hit"), "undefined");
  const { origin } = new URL(view.url);
  assert(requests.every((url) => url.startsWith(origin) || url === "data:,"), `${requests}`);
});

browserTest("dashboard() acts on a flow", async ({ page }) => {
  await using flow = orders({ asks: true });
  await using view = dashboard(flow);
  await page.goto(view.url);
  await page.getByRole("button", { name: "Pause the flow" }).click();
  await page.locator("dialog").getByRole("button", { name: "Pause" }).click();
  await seen(page, ".flow-line", "paused");
  assertEquals(flow.status, "paused");
  const job = flow.start("split.order", { items: 3, note: "asks" }, { jobId: "asks" });
  await page.getByRole("button", { name: "Resume the flow" }).click();
  await page.locator("dialog").getByRole("button", { name: "Resume" }).click();
  await seen(page, ".node", /ship.*1 waiting/s);

  await page.getByRole("link", { name: "asks" }).first().click();
  await page.getByRole("button", { name: "Send approval…" }).click();
  await page.getByLabel("Payload as JSON").fill('{"by": "the chief"}');
  await page.keyboard.press("Shift+Tab");
  assertEquals(await focused(page), "INPUT");
  await page.keyboard.press("Enter");
  await seen(page, ".job-line", "completed");
  await job.waitForCompletion();
  assertEquals(job.sharedData.approvedBy, "the chief");

  flow.start("split.order", { items: 3, note: "is cancelled" }, { jobId: "other" });
  await page.goto(new URL("#/f/orders/jobs/other", view.url).href);
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByLabel("Reason").fill("not needed");
  await page.locator("dialog").getByRole("button", { name: "Cancel the job" }).click();
  await seen(page, ".job-line", "cancelled");
  assertEquals(flow.job("other")?.status, "cancelled");
});

browserTest("dashboard() retries a failed job from an activation", async ({ page }) => {
  await using flow = orders();
  await using view = dashboard(flow);
  const job = flow.start("split.order", { items: 2, note: "x".repeat(1_000_000), broken: 1 }, {
    jobId: "broken",
  });
  await until(() => job.status === "failed");
  await page.goto(view.url);
  await page.getByRole("link", { name: /^Failures/ }).click();
  await seen(page, ".card", /RangeError in pack/);
  await page.locator(".card").getByRole("link", { name: "broken" }).click();
  await seen(page, ".card", "RangeError: item 1 is broken");
  await page.getByRole("button", { name: /^Show all 1,000,\d+ characters/ }).first().click();
  await until(async () => await page.evaluate<number>(LENGTH) > 1_000_000);
  await page.getByRole("button", { name: "Retry from here…" }).first().click();
  await page.getByRole("button", { name: "Start the new job" }).click();
  await page.locator(".outcome").getByRole("link").click();
  await until(() => flow.jobs.size === 2);
  await page.getByRole("tab", { name: /^Failures/ }).click();
  await seen(page, ".card", "RangeError: item 1 is broken");
});

browserTest("dashboard() steps through a job", async ({ page }) => {
  await using flow = orders();
  await using view = dashboard(flow);
  await page.goto(view.url);
  await page.getByRole("button", { name: "Breakpoint on pack" }).click();
  await page.getByRole("button", { name: /^pack .*breakpoint/ }).waitFor();
  assertEquals([...flow.stepping.breakpoints], ["pack"]);
  const job = flow.start("split.order", { items: 3, note: "stops" }, { jobId: "stops" });
  await seen(page, "#stopped tbody tr", /stops.*pack/s);
  await page.getByRole("button", { name: "Step stops" }).click();
  await seen(page, ".node", /pack.*1 done/s);
  await page.getByRole("button", { name: "Breakpoint on pack" }).click();
  await until(() => flow.stepping.breakpoints.size === 0);
  if (flow.stepping.stopped.length > 0) {
    await page.getByRole("button", { name: "Continue stops" }).click();
  }
  await job.waitForCompletion();
  await seen(page, ".node", /pack.*3 done/s);
});

browserTest("dashboard() opens jobs whose ids mean something in a path", async ({ page }) => {
  await using flow = orders();
  await using view = dashboard(flow);
  for (const jobId of [".", "..", "a/../b", "?#%2e"]) {
    await flow.execute("split.order", { items: 1, note: "n" }, { jobId });
    await page.goto(view.url);
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.locator("tbody").getByRole("link", { name: jobId, exact: true }).click();
    await seen(page, ".job-line", "completed");
    await page.getByRole("tab", { name: "Live events" }).click();
    await seen(page, "tbody tr", "job_completed");
  }
});

browserTest("dashboard() is found again by its page after a restart", async ({ page }) => {
  const token = "a-token-of-the-restart";
  const before = orders();
  const view = dashboard(before, { token });
  await page.goto(view.url);
  await before.execute("split.order", { items: 3, note: "n" }, { jobId: "before" });
  await seen(page, ".node", /pack.*3 done/s);
  await before.close();
  await view.close();
  await using after = orders();
  await using again = dashboard(after, { token, port: view.port });
  assertEquals(again.port, view.port);
  await after.execute("split.order", { items: 5, note: "n" }, { jobId: "after" });
  await seen(page, ".node", /pack.*5 done/s);
  assertEquals(await page.getByText("The connection is lost").count(), 0);
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await seen(page, "tbody tr", /after.*completed/s);
  await page.getByRole("button", { name: "Pause the flow" }).click();
  await page.locator("dialog").getByRole("button", { name: "Pause" }).click();
  await seen(page, ".flow-line", "paused");
  assertEquals(after.status, "paused");
});

browserTest("writeReport() writes a page that shows the run", async ({ page, requests }) => {
  await using flow = orders();
  await flow.execute("split.order", { items: 12, note: "n", flaky: 3 }, { jobId: "shipped" });
  const path = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await writeReport(flow, path);
    await page.goto(`file://${path}`);
    await seen(page, "h1", "orders");
    await seen(page, "#job-title", "shipped");
    await seen(page, ".critical-path tbody tr", /pack.*executes/s);
    await seen(page, ".card", /TypeError in pack.*order_routines\.ts/s);
    await seen(page, ".node", /pack.*12 done/s);
    assertEquals(requests.filter((url) => url !== "data:,"), [`file://${path}`]);
  } finally {
    await Deno.remove(path);
  }
});

function orders({ asks = false } = {}) {
  return new Flow({ id: "orders", pool })
    .add("split", split)
    .add("pack", pack, { onError: { strategy: "retry", maxRetries: 1, delay: 20 } })
    .add("ship", ship, { config: { asks } })
    .connect("split.item", "pack.item")
    .connect("pack.packed", "ship.item");
}
