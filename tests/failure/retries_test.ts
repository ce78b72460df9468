import { Flow } from "@millrace/flow";
import { JobCancelledError } from "@millrace/flow/errors";
import { replay } from "@millrace/flow/events";
import type { RetryStrategy } from "@millrace/flow/types";
import { assert, assertEquals, assertInstanceOf, assertNotEquals } from "@std/assert";
import { BOUND, next, sharedPool, watch } from "./pools.ts";
import { flaky, keeper } from "./routines.ts";

const pool = sharedPool(1);

function flakyFlow(strategy: Omit<RetryStrategy, "strategy">) {
  return new Flow({ id: "retries", pool })
    .add("flaky", flaky, { onError: { strategy: "retry", ...strategy } })
    .add("keeper", keeper)
    .connect("flaky.done", "keeper.item");
}

/** Returns the delay of each retry, as recorded. */
async function delaysOf(strategy: Omit<RetryStrategy, "strategy">, fails: number) {
  await using flow = flakyFlow(strategy);
  await using retrying = watch(flow, "activation_retrying");
  const job = await flow.start("flaky.item", { fails }).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries], ["completed", fails]);
  // Times are fractions of milliseconds since long ago, so sums of them are not exact.
  return retrying.seen.map(({ at, dueAt }) => Math.round((dueAt - at) * 100) / 100);
}

Deno.test("RetryStrategy.backoff multiplies the delay up to maxDelay", async () => {
  assertEquals(await delaysOf({ maxRetries: 5, delay: 2, backoff: 3, maxDelay: 40 }, 5), [
    2,
    6,
    18,
    40,
    40,
  ]);
});

Deno.test("RetryStrategy.backoff preserves or shortens the delay", async () => {
  assertEquals(await delaysOf({ delay: 5, backoff: 1 }, 3), [5, 5, 5]);
  assertEquals(await delaysOf({ delay: 8, backoff: 0.5 }, 3), [8, 4, 2]);
  assertEquals(await delaysOf({ delay: 0 }, 3), [0, 0, 0]);
});

Deno.test("RetryStrategy defaults to 3 retries", async () => {
  assertEquals(await delaysOf({}, 3), [100, 200, 400]);
  await using flow = flakyFlow({ delay: 0 });
  const job = await flow.start("flaky.item", { fails: 4 }).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries, job.error?.message], [
    "failed",
    3,
    "attempt 4 fails",
  ]);
});

Deno.test("RetryStrategy.jitter varies each delay within bounds", async () => {
  const delays = await delaysOf({ maxRetries: 30, delay: 2, backoff: 1, jitter: 0.5 }, 30);
  for (const delay of delays) assert(delay >= 1 && delay <= 3, `${delay}`);
  assertNotEquals(new Set(delays).size, 1);
});

Deno.test("RetryStrategy.delay postpones each attempt", async () => {
  await using flow = flakyFlow({ delay: 10 });
  await using retrying = watch(flow, "activation_retrying");
  await using started = watch(flow, "activation_started");
  const job = await flow.start("flaky.item", { fails: 2 }).waitForCompletion(BOUND);
  const attempts = started.seen.filter(({ routineId }) => routineId === "flaky");
  assertEquals(attempts.map(({ attempt }) => attempt), [1, 2, 3]);
  for (const [i, { dueAt }] of retrying.seen.entries()) {
    assert((attempts[i + 1]?.at ?? 0) >= dueAt, "it was begun before its time");
  }
  assertEquals(job.sharedLog.map(({ data }) => data), [3]);
  assertEquals(job.sharedData.kept, [3]);
});

Deno.test("RetryStrategy.retryable selects errors by name or function", async () => {
  const strategies = [
    { retryable: ["BusyError"] },
    { retryable: ({ name, message }: Error) => name === "BusyError" && message !== "" },
  ];
  for (const strategy of strategies) {
    await using flow = flakyFlow({ delay: 0, ...strategy });
    const busy = await flow.start("flaky.item", { fails: 1, name: "BusyError" }).waitForCompletion(
      BOUND,
    );
    const broken = await flow.start("flaky.item", { fails: 1, name: "BrokenError" })
      .waitForCompletion(BOUND);
    assertEquals([busy.status, busy.counts.retries], ["completed", 1]);
    assertEquals([broken.status, broken.counts.retries], ["failed", 0]);
    assertEquals(broken.error?.name, "BrokenError");
  }
});

Deno.test("RetryStrategy.retryable reports both errors if it throws", async () => {
  await using flow = flakyFlow({
    retryable: () => {
      throw new RangeError("no status");
    },
  });
  const job = await flow.start("flaky.item", { fails: 1 }).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries], ["failed", 0]);
  assertInstanceOf(job.error, RangeError);
  assertInstanceOf(job.error.cause, Error);
  assertEquals([job.error.message, job.error.cause.message], ["no status", "attempt 1 fails"]);
});

Deno.test("RetryStrategy.delay holds no worker", async () => {
  await using flow = flakyFlow({ delay: 3_600_000, maxDelay: Infinity });
  const retrying = next(flow, "activation_retrying");
  const job = flow.start("flaky.item", { fails: 1 });
  await retrying;
  assertEquals([pool.stats().live, pool.stats().busy], [1, 0]);
  const other = await flow.start("keeper.item", "meanwhile").waitForCompletion(BOUND);
  assertEquals([other.status, other.sharedData.kept], ["completed", ["meanwhile"]]);
  const { queued, executing } = job.counts;
  assertEquals([job.status, queued, executing], ["running", 1, 0]);
  flow.cancel(job);
});

Deno.test("Flow.cancel() and Flow.cancelActivation() end waiting retries", async () => {
  await using flow = flakyFlow({ delay: 3_600_000, maxDelay: Infinity });
  for (const how of ["job", "activation"] as const) {
    const retrying = next(flow, "activation_retrying");
    const job = flow.start("flaky.item", { fails: 1 });
    const { activationId } = await retrying;
    if (how === "job") flow.cancel(job, "not worth it");
    else flow.cancelActivation(job, activationId, "not worth it");
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.cancelled], [
      how === "job" ? "cancelled" : "completed",
      1,
    ]);
    if (how === "job") assertInstanceOf(job.error, JobCancelledError);
    else assertEquals(job.error, undefined);
    assertEquals(job.executionHistory.at(-1)?.event, "cancelled");
  }
});

Deno.test("Flow.pause() holds a retry that falls due", async () => {
  await using flow = flakyFlow({ delay: 30 });
  const retrying = next(flow, "activation_retrying");
  const job = flow.start("flaky.item", { fails: 1 });
  const { dueAt } = await retrying;
  flow.pause(job);
  // Its time is over when that of another, which was asked for later, is over.
  const other = await flow.start("keeper.item", 1, { delay: 60 }).waitForCompletion(BOUND);
  assert((other.endedAt ?? 0) > dueAt);
  assertEquals([job.status, job.counts.executing, job.spans.length], ["paused", 0, 1]);
  flow.resume(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData.kept], ["completed", [2]]);
});

Deno.test("Flow.resume() does not hasten a waiting retry", async () => {
  await using flow = flakyFlow({ delay: 50 });
  await using started = watch(flow, "activation_started");
  const retrying = next(flow, "activation_retrying");
  const job = flow.start("flaky.item", { fails: 1 });
  const { dueAt } = await retrying;
  flow.pause(job);
  flow.resume(job);
  await job.waitForCompletion(BOUND);
  const again = started.seen.find(({ attempt }) => attempt === 2);
  assert((again?.at ?? 0) >= dueAt);
  assertEquals(job.sharedData.kept, [2]);
});

Deno.test("JobState.executionHistory records each retry", async () => {
  await using flow = flakyFlow({ delay: 1 });
  const events = flow.events();
  const job = await flow.start("flaky.item", { fails: 2 }).waitForCompletion(BOUND);
  const records = job.executionHistory.filter(({ routineId }) => routineId === "flaky");
  assertEquals(records.map(({ event, attempt }) => `${event} ${attempt}`), [
    "queued 0",
    "started 1",
    "failed 1",
    "retrying 1",
    "started 2",
    "failed 2",
    "retrying 2",
    "started 3",
    "emitted 3",
    "completed 3",
  ]);
  const dueAts = records.filter(({ event }) => event === "retrying").map(({ data }) => data?.dueAt);
  assert(dueAts.every((dueAt) => typeof dueAt === "number"));
  const spans = job.spans.filter(({ routineId }) => routineId === "flaky");
  assertEquals(spans.map(({ attempt }) => attempt), [1, 2, 3]);
  await flow.close();
  const stream = await Array.fromAsync(events);
  assertEquals(replay(stream).executionHistory, job.executionHistory);
  assertEquals(replay(stream).toJSON(), job.toJSON());
});

Deno.test("Policy.onErrorOf matches an error by its class", async () => {
  const policies = [
    { onErrorOf: { RateLimitError: { strategy: "retry", delay: 1 } } },
    { onError: { strategy: "retry", delay: 1, retryable: ["RateLimitError"] } },
  ] as const;
  for (const policy of policies) {
    await using flow = new Flow({ pool, ...policy }).add("flaky", flaky);
    const job = await flow.start("flaky.limited", 2).waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.retries], ["completed", 2]);
    const failed = await flow.start("flaky.limited", 9).waitForCompletion(BOUND);
    assertEquals([failed.status, failed.error?.name], ["failed", "RateLimitError"]);
  }
});
