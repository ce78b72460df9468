import { assertEquals, assertGreater } from "@std/assert";
import { runCampaign, undisturbed } from "./campaign.ts";
import { JOBS } from "./crash_flow.ts";

Deno.test("Flow.recover() reaches the undisturbed outcome after kills", async () => {
  let [kills, repeated] = [0, 0];
  for (const seed of [1, 2, 3]) {
    const report = await runCampaign(seed, 10);
    kills += report.kills;
    repeated += report.repeated;
  }
  // The kills must have come in the midst of the work, or they prove nothing.
  assertGreater(kills, 10);
  assertGreater(repeated, 10);
});

Deno.test("crashFlow() is deterministic and covers all outcomes", async () => {
  const [first, again] = [await undisturbed(7), await undisturbed(7)];
  assertEquals(first, again);
  const jobs = Object.values(first);
  assertEquals(jobs.map(({ status }) => status), Array(JOBS).fill("completed"));
  const history = jobs.flatMap(({ history }) => history).join("\n");
  for (const event of ["queued", "emitted", "completed", "failed", "skipped"]) {
    assertGreater(history.split(`: ${event} `).length, 2, event);
  }
  assertEquals(new Set(jobs.flatMap(({ skipped }) => skipped)), new Set(["left", "ask"]));
});
