// The waits of routines and jobs on the pages of the dashboard: the limits with their busiest keys, and in words, what a
// job waits for.

import { assert, assertEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { dashboard } from "@millrace/flow/dashboard";
import { sharedPool } from "../flow/shared_pool.ts";
import { emitter, relay } from "../routines/basics.ts";
import { browserTest, closeBrowser } from "./browser.ts";
import { FakeServer } from "./fake_server.ts";
import { sampleTraces } from "./sample_run.ts";
import { limitedSnapshot } from "./sample_snapshot.ts";
import { seen } from "./seen.ts";

const pool = sharedPool();
const TRACES = sampleTraces({ until: 3_200 });

Deno.test.afterAll(closeBrowser);

browserTest("Overview shows the limits that activations wait for", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  server.snapshot = limitedSnapshot(server.snapshot);
  await page.goto(server.href);
  await seen(page, ".stat", /Waiting for limits\s*14/);
  await seen(page, ".node", /enrich.*14 limited/s);
  await seen(
    page,
    "#routines tbody tr",
    /enrich.*12 for rate of north\.example\.org, next in 400 ms; 2 for other keys; 3 delayed/s,
  );
  await page.getByRole("button", { name: /^enrich .* 14 limited/ }).click();
  await seen(page, ".routine-panel .facts", /Waiting for limits, delayed\s*14, 3/);
  const rows = await page.locator(".routine-panel tbody tr").allInnerTexts();
  assertEquals(rows.map((row) => row.split(/\s*\t\s*/)), [
    ["north.example.org", "12", "1", "10", "in 400 ms"],
    ["south.example.org", "2", "4", "7", "–"],
  ]);
  await seen(page, ".routine-panel", "and 10 other keys");
});

browserTest("Overview shows nothing of limits without them", async ({ page }) => {
  await using server = new FakeServer(TRACES);
  await page.goto(server.href);
  await seen(page, "#routines tbody tr", "enrich");
  await page.getByRole("button", { name: /^enrich / }).click();
  await seen(page, ".routine-panel", "Retried");
  const text = await page.locator("body").innerText();
  assert(!/limit|delayed/i.test(text), text);
});

browserTest("JobHeader says what a job waits for", async ({ page }) => {
  await using flow = new Flow({ id: "crawl", pool })
    .add("emitter", emitter)
    .add("relay", relay, { rate: { limit: 1, per: 3_600_000 }, limitBy: (item) => `host ${item}` })
    .connect("emitter.item", "relay.item");
  await using view = dashboard(flow);
  const job = flow.start("emitter.items", [1, 2, 2, 1, 2], { jobId: "first" });
  await page.goto(view.url);
  await seen(page, ".node", /relay.*3 limited/s);
  await seen(page, "#longest tbody tr", /first.*waits for 3 × rate of relay \(host 2 and 1 more/s);
  await page.getByRole("link", { name: "first" }).click();
  const next = String.raw`, next at \d\d:\d\d:\d\d\.\d\d\d`;
  await seen(
    page,
    ".waits li",
    RegExp(`^relay: 2 activations wait for the rate of host 2${next}$`),
  );
  await seen(
    page,
    ".waits li",
    RegExp(`^relay: 1 activation waits for the rate of host 1${next}$`),
  );
  flow.pause(job);
  await seen(page, ".waits li", /^relay: 3 activations wait for a resume$/);
  flow.cancel(job);
  await page.locator(".waits").waitFor({ state: "detached" });
});
