// Cancelling, pausing, retries and timeouts, each limited to its own job and routine.

import { Flow } from "@millrace/flow";
import { ActivationTimeoutError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { deadline } from "@std/async/deadline";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { BOUND, sharedPool, watch } from "./pools.ts";
import { flaky, keeper, waiter } from "./routines.ts";

const pool = sharedPool();

Deno.test("Flow.cancel() settles at any time and repeatedly", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter).add("keeper", keeper);
  const latches = newLatches();
  const executing = flow.start("waiter.heedful", { latches });
  await reached(latches, ARRIVED);
  const queued = flow.start("keeper.item", 1);
  const paused = flow.start("keeper.item", 1);
  flow.pause(paused);
  // From inside the loop over the events that it makes itself.
  const listening = (async () => {
    const seen = new Set<string>();
    for await (const { type, jobId } of flow.events()) {
      flow.cancel(jobId, "again");
      if (type === "job_cancelled") seen.add(jobId);
      if (seen.size === 3) break;
    }
  })();
  const jobs = [executing, queued, paused];
  for (const job of jobs) flow.cancel(flow.cancel(job, "once"), "twice");
  await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
  await deadline(listening, BOUND.timeout);
  assertEquals(jobs.map(({ status }) => status), ["cancelled", "cancelled", "cancelled"]);
  assertEquals(countOf(latches, ABORTED), 1);
});

Deno.test("Flow.pause() leaves other jobs running", async () => {
  await using flow = new Flow({ pool }).add("keeper", keeper);
  const jobs = Array.from({ length: 10 }, (_, n) => flow.start("keeper.item", n));
  const [paused, ...neighbours] = jobs;
  if (paused === undefined) throw new Error("no job");
  flow.pause(paused);
  await Promise.all(neighbours.map((job) => job.waitForCompletion(BOUND)));
  assertEquals([paused.status, paused.spans.length], ["paused", 0]);
  assertEquals(
    neighbours.map(({ sharedData }) => sharedData.kept),
    neighbours.map((_, i) => [i + 1]),
  );
  flow.resume(paused);
  assertEquals((await paused.waitForCompletion(BOUND)).status, "completed");
});

Deno.test("RetryStrategy.maxRetries counts per activation", async () => {
  await using flow = new Flow({ pool })
    .add("flaky", flaky, { onError: { strategy: "retry", maxRetries: 2, delay: 0 } })
    .add("again", flaky, { onError: { strategy: "retry", maxRetries: 2, delay: 0 } })
    .connect("flaky.next", "again.item")
    .connect("flaky.next", "flaky.item");
  for (let n = 0; n < 5; n++) {
    const job = await flow.start("flaky.item", { fails: 2 }).waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.retries], ["completed", 2]);
    // Two activations of it, each with a budget of its own.
    const wide = await flow.start("flaky.passedOn", { fails: 2 }).waitForCompletion(BOUND);
    assertEquals([wide.status, wide.counts.retries], ["completed", 4]);
  }
});

Deno.test("RetryStrategy retries routines past the entry", async () => {
  await using flow = new Flow({ pool })
    .add("entry", flaky)
    .add("past", flaky, { onError: { strategy: "retry", maxRetries: 1, delay: 0 } })
    .connect("entry.next", "past.item");
  const good = await flow.start("entry.passedOn", { fails: 1 }).waitForCompletion(BOUND);
  assertEquals([good.status, good.counts.retries, good.error], ["completed", 1, undefined]);
  const bad = await flow.start("entry.passedOn", { fails: 2 }).waitForCompletion(BOUND);
  assertEquals([bad.status, bad.counts.retries, bad.error?.message], [
    "failed",
    1,
    "attempt 2 fails",
  ]);
  const { completed, failed } = bad.counts;
  assertEquals([completed, failed], [1, 1]);
});

Deno.test("Policy.runTimeout applies at and past the entry", async () => {
  await using flow = new Flow({ pool, runTimeout: 80 })
    .add("entry", waiter)
    .add("past", waiter)
    .connect("entry.done", "past.heedful");
  await flow.preload();
  await using started = watch(flow, "activation_started");
  const latches = newLatches();
  const atEntry = await flow.start("entry.heedful", { latches }).waitForCompletion(BOUND);
  assertInstanceOf(atEntry.error, ActivationTimeoutError);
  assertEquals([atEntry.status, atEntry.error.routineId], ["failed", "entry"]);

  arrive(latches, RELEASED, 2);
  const past = await flow.start("entry.deaf", { latches }).waitForCompletion(BOUND);
  assertInstanceOf(past.error, ActivationTimeoutError);
  assertEquals([past.status, past.error.routineId, past.error.clock], ["failed", "past", "run"]);
  assertEquals([countOf(latches, ABORTED), started.seen.length], [2, 3]);
});
