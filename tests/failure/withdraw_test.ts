// Withdrawing a wait that nobody will answer: its job does not wait for ever, and nothing fails.

import { Flow, type RoutinePolicy } from "@millrace/flow";
import { InvalidOptionError, UnknownJobError } from "@millrace/flow/errors";
import { replay } from "@millrace/flow/events";
import { assertEquals, assertThrows } from "@std/assert";
import { BOUND, next, sharedPool } from "./pools.ts";
import { clerk, keeper } from "./routines.ts";

const pool = sharedPool(1);

function office(policy: RoutinePolicy = {}) {
  return new Flow({ id: "office", pool })
    .add("clerk", clerk, policy)
    .add("keeper", keeper)
    .connect("clerk.filed", "keeper.item")
    .connect("clerk.dropped", "keeper.item");
}

Deno.test("Flow.withdraw() ends the waits for a signal", async () => {
  await using flow = office({ onError: { strategy: "skip" } });
  const job = flow.start("clerk.both");
  await next(flow, "activation_completed");
  const waits = job.waitingFor;
  assertEquals(waits.length, 2);
  assertEquals(flow.withdraw(job, { signal: "refusal" }), []);
  assertEquals(flow.withdraw(job, { signal: "approval", reason: "closed" }), waits);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.waitingFor, job.errors, job.skipped], ["completed", [], [], []]);
  assertEquals([job.counts.withdrawn, job.counts.known], [2, 1]);
  assertEquals(flow.withdraw(job, { signal: "approval" }), []);
});

Deno.test("Flow.withdraw() ends one wait by its id", async () => {
  await using flow = office();
  const job = flow.start("clerk.both");
  await next(flow, "activation_completed");
  const waits = job.waitingFor;
  const waitId = waits[1]?.waitId ?? "";
  assertEquals(flow.withdraw(job.jobId, { waitId }), waits.slice(1));
  assertEquals(job.waitingFor, waits.slice(0, 1));
  flow.signal(job, "approval", "Ada");
  flow.signal(job, "approval", "nobody waits for the second");
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", [{ by: "Ada" }]]);
});

Deno.test("Flow.withdraw() is recorded and replayed", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask", 60_000);
  await next(flow, "activation_completed");
  const [wait] = job.waitingFor;
  const withdrawn = next(flow, "wait_withdrawn");
  flow.withdraw(job, { signal: "approval", reason: "it was not needed" });
  const event = await withdrawn;
  assertEquals([event.wait, event.reason], [wait, "it was not needed"]);
  await job.waitForCompletion(BOUND);
  const record = job.executionHistory.find(({ event }) => event === "withdrawn");
  assertEquals(record, {
    timestamp: event.at,
    event: "withdrawn",
    routineId: "clerk",
    slot: "approved",
    activationId: wait?.activationId ?? "",
    attempt: 1,
    data: { signal: "approval", waitId: wait?.waitId, reason: "it was not needed" },
  });
  const events = await Array.fromAsync(flow.events({ jobId: job.jobId }));
  assertEquals(replay(events).toJSON(), job.toJSON());
});

Deno.test("Flow.withdraw() completes a paused job", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask");
  await next(flow, "activation_completed");
  flow.pause(job);
  flow.withdraw(job, { signal: "approval" });
  assertEquals((await job.waitForCompletion(BOUND)).status, "completed");
});

Deno.test("Flow.withdraw() ends a renewed wait", async () => {
  await using flow = office({ onError: { strategy: "retry", maxRetries: 1, delay: 1 } });
  const renewed = next(flow, "wait_renewed");
  const job = flow.start("clerk.ask", 20);
  await renewed;
  flow.withdraw(job, { signal: "approval" });
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.errors, job.counts.retries], ["completed", [], 1]);
});

Deno.test("Flow.withdraw() is taken over by Flow.rerun()", async () => {
  await using flow = office();
  const job = flow.start("clerk.both");
  await next(flow, "activation_completed");
  const [first] = job.waitingFor;
  flow.withdraw(job, { waitId: first?.waitId ?? "" });
  flow.signal(job, "approval", "Ada");
  await job.waitForCompletion(BOUND);
  const again = await flow.rerun(job, { from: `${job.jobId}/2`, jobId: "again" });
  await again.waitForCompletion(BOUND);
  assertEquals([again.status, again.counts.withdrawn], ["completed", 1]);
  assertEquals(again.sharedData, job.sharedData);
  const record = again.executionHistory.find(({ event }) => event === "withdrawn");
  assertEquals([record?.activationId, record?.data?.waitId], ["again/1", "again?1"]);
});

Deno.test("Flow.withdraw() refuses invalid options and unknown jobs", async () => {
  await using flow = office();
  const job = flow.start("clerk.ask");
  const wrong = [
    {},
    { waitId: "a", signal: "b" },
    { signal: 1 as unknown as string },
    { signal: "approval", reason: new Error("no") as unknown as string },
  ];
  for (const options of wrong) assertThrows(() => flow.withdraw(job, options), InvalidOptionError);
  assertThrows(() => flow.withdraw("nobody", { signal: "approval" }), UnknownJobError);
  flow.cancel(job);
});
