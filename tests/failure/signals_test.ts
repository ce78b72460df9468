// Waiting on a person: a job is parked without a worker until a signal comes, or its time is up.

import { Flow, type RoutinePolicy } from "@millrace/flow";
import { SignalTimeoutError } from "@millrace/flow/errors";
import { replay } from "@millrace/flow/events";
import type { FallbackOf } from "@millrace/flow/types";
import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { BOUND, next, sharedPool, watch } from "./pools.ts";
import { clerk, keeper } from "./routines.ts";

const pool = sharedPool(1);

function office(policy: RoutinePolicy<FallbackOf<typeof clerk.events>> = {}) {
  return new Flow({ id: "office", pool })
    .add("clerk", clerk, policy)
    .add("keeper", keeper)
    .connect("clerk.filed", "keeper.item")
    .connect("clerk.dropped", "keeper.item");
}

Deno.test("JobState.waitingFor lists waits that hold no worker", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask");
  await next(flow, "activation_completed");
  const [wait] = job.waitingFor;
  assertEquals([job.status, job.counts.executing, job.counts.queued], ["running", 0, 0]);
  assertEquals([wait?.signal, wait?.routineId, wait?.slot], ["approval", "clerk", "approved"]);
  const other = await flow.start("keeper.item", 1).waitForCompletion(BOUND);
  assertEquals([other.status, pool.stats().busy], ["completed", 0]);
  flow.signal(job, "approval", "Ada");
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept, job.waitingFor], [
    "completed",
    [{ by: "Ada" }],
    [],
  ]);
});

Deno.test("JobState.waitingFor is a copy", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask");
  await next(flow, "activation_completed");
  for (const wait of job.waitingFor) Object.assign(wait, { signal: "another" });
  assertEquals(job.waitingFor.map(({ signal }) => signal), ["approval"]);
  flow.signal(job, "approval", "Ada");
  assertEquals((await job.waitForCompletion(BOUND)).sharedData.kept, [{ by: "Ada" }]);
});

Deno.test("Flow.signal() stores early signals in order", async () => {
  await using flow = office();
  const job = flow.start("clerk.both");
  flow.signal(job, "approval", "Ada");
  flow.signal(job, "approval", "Grace");
  flow.signal(job, "approval", "nobody waits for the third");
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", [{ by: "Ada" }, { by: "Grace" }]]);
});

Deno.test("Flow.signal() reaches only its job and name", async () => {
  await using flow = office();
  await using completed = watch(flow, "activation_completed");
  const [job, other] = [flow.start("clerk.ask"), flow.start("clerk.ask")];
  await completed.reached(2);
  flow.signal(job, "refusal", "no");
  flow.signal(other, "approval", "Ada");
  await other.waitForCompletion(BOUND);
  assertEquals([job.status, job.waitingFor.length, other.status], ["running", 1, "completed"]);
  flow.cancel(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.waitingFor], ["cancelled", []]);
});

Deno.test("SignalTimeoutError fails the job by default", async () => {
  await using flow = office();
  const job = await flow.start("clerk.ask", 20).waitForCompletion(BOUND);
  assertEquals(job.status, "failed");
  assertInstanceOf(job.error, SignalTimeoutError);
  assertMatch(
    job.error.message,
    /^the signal "approval" that "clerk" waits for was not sent within 20 ms/,
  );
  assertEquals([job.error.flowId, job.error.routineId, job.error.slot], [
    "office",
    "clerk",
    "approved",
  ]);
});

Deno.test("SignalTimeoutError follows the policy", async () => {
  await using going = office({ onError: "continue" });
  const gone = await going.start("clerk.ask", 10).waitForCompletion(BOUND);
  assertEquals([gone.status, gone.errors[0]?.name], ["completed", "SignalTimeoutError"]);

  const fallback = { event: "dropped", payload: "no answer" } as const;
  await using skipping = office({
    onErrorOf: { SignalTimeoutError: { strategy: "skip", fallback } },
  });
  const skipped = await skipping.start("clerk.ask", 10).waitForCompletion(BOUND);
  assertEquals([skipped.status, skipped.skipped], ["completed", ["clerk"]]);
  assertEquals(skipped.sharedData.kept, ["no answer"]);
});

Deno.test("RetryStrategy renews an unanswered wait", async () => {
  await using flow = office({ onError: { strategy: "retry", maxRetries: 2, delay: 1 } });
  await using renewed = watch(flow, "wait_renewed");
  const job = await flow.start("clerk.ask", 10).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries], ["failed", 2]);
  assertInstanceOf(job.error, SignalTimeoutError);
  assertEquals(renewed.seen.map(({ wait }) => wait.attempt), [2, 3]);
});

Deno.test("Flow.signal() reaches a renewed wait", async () => {
  await using flow = office({ onError: { strategy: "retry", maxRetries: Infinity, delay: 1 } });
  const renewed = next(flow, "wait_renewed");
  const job = flow.start("clerk.ask", 10);
  await renewed;
  flow.signal(job, "approval", "at last");
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", [{ by: "at last" }]]);
});

Deno.test("Flow.signal() reaches a paused job when resumed", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask");
  await next(flow, "activation_completed");
  flow.pause(job);
  flow.signal(job, "approval", "Ada");
  const other = await flow.start("keeper.item", 1).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.queued, other.status], ["paused", 1, "completed"]);
  flow.resume(job);
  await job.waitForCompletion(BOUND);
  assertEquals(job.sharedData.kept, [{ by: "Ada" }]);
});

Deno.test("replay() restores waits and signals", async () => {
  await using flow = office({ onError: "continue" });
  const events = flow.events();
  const job = flow.start("clerk.both");
  flow.signal(job, "approval", "Ada");
  flow.signal(job, "approval", "Grace");
  await job.waitForCompletion(BOUND);
  await flow.close();
  assertEquals(replay(await Array.fromAsync(events)).toJSON(), job.toJSON());
});
