// Pausing: what executes goes on to its end, nothing new starts, and the resume goes on where it was.

import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { BOUND, next, sharedPool, watch } from "./pools.ts";
import { deferrer, keeper, waiter } from "./routines.ts";

const pool = sharedPool();

Deno.test("Flow.pause() and Flow.resume() preserve the outcome", async () => {
  await using flow = new Flow({ pool }).add("keeper", keeper).add("deferrer", deferrer)
    .connect("deferrer.now", "keeper.item");
  for (let i = 0; i < 20; i++) {
    const job = flow.start("deferrer.item", []);
    for (let turns = 0; turns < i; turns++) await Promise.resolve();
    flow.pause(job);
    flow.resume(job);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.sharedData.kept, job.counts.completed], [
      "completed",
      ["now"],
      2,
    ]);
  }
});

Deno.test("EmitOptions.when holds activations until Flow.resume()", async () => {
  await using flow = new Flow({ pool }).add("deferrer", deferrer).add("keeper", keeper)
    .connect("deferrer.now", "keeper.item")
    .connect("deferrer.later", "keeper.item");
  await using completed = watch(flow, "activation_completed");
  const job = flow.start("deferrer.item", ["first", "second"]);
  await completed.reached(2);
  const { queued, executing, known } = job.counts;
  assertEquals([job.status, queued, executing, known], ["running", 0, 0, 4]);
  assertEquals(job.sharedData.kept, ["now"]);
  flow.resume(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", ["now", "first", "second"]]);
});

Deno.test("Flow.resume() releases held activations of a paused job", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter).add("deferrer", deferrer)
    .add("keeper", keeper)
    .connect("deferrer.later", "keeper.item");
  const job = flow.start("deferrer.item", ["later"]);
  await next(flow, "activation_completed");
  flow.pause(job);
  assertEquals([job.status, job.counts.queued], ["paused", 0]);
  flow.resume(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", ["later"]]);
});

Deno.test("Flow.cancel() drops held activations", async () => {
  await using flow = new Flow({ pool }).add("deferrer", deferrer).add("keeper", keeper)
    .connect("deferrer.later", "keeper.item");
  const job = flow.start("deferrer.item", ["never"]);
  await next(flow, "activation_completed");
  flow.cancel(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.cancelled, job.sharedData], ["cancelled", 1, {}]);
});
