// A poison activation loses a worker with each attempt: it is set aside before it has emptied the pool.

import { Flow, type RoutinePolicy } from "@millrace/flow";
import {
  ActivationTimeoutError,
  PoisonedActivationError,
  WorkerLostError,
} from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { arrive, newLatches, RELEASED } from "../routines/latches.ts";
import type { Deed } from "./deed.ts";
import { BOUND, isWhole, sharedPool } from "./pools.ts";
import { chaotic } from "./routines.ts";

const pool = sharedPool();
const always = { strategy: "retry", maxRetries: 100, delay: 0 } as const;

function flowOf(policy: RoutinePolicy, maxCrashes?: number) {
  return new Flow({ id: "poison", pool, ...maxCrashes !== undefined && { maxCrashes } })
    .add("chaotic", chaotic, policy);
}

function deed(attempts: number): Deed {
  return { latches: newLatches(), attempts, whenStopped: false };
}

for (const slot of ["closes", "exits", "throwsLate", "leavesRejection"] as const) {
  Deno.test(`PoisonedActivationError ends retries after three crashes (${slot})`, async () => {
    await isWhole(pool);
    await using flow = flowOf({ onError: always });
    const job = await flow.start(`chaotic.${slot}`, deed(100)).waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.retries], ["failed", 2]);
    assertInstanceOf(job.error, PoisonedActivationError);
    assertMatch(
      job.error.message,
      /^activation "[^"]+\/1" of "chaotic" has lost 3 workers and is not retried; .*maxCrashes$/,
    );
    assertEquals([job.error.attempt, job.error.routineId], [3, "chaotic"]);
    assertMatch((job.error.cause as Error).name, /^(WorkerLostError|UncaughtError)$/);
    await isWhole(pool);
  });
}

Deno.test("FlowOptions.maxCrashes bounds the crashes of an activation", async () => {
  await using flow = flowOf({ onError: always }, 2);
  const job = await flow.start("chaotic.closes", deed(100)).waitForCompletion(BOUND);
  assertEquals(job.counts.retries, 1);
  assertInstanceOf(job.error, PoisonedActivationError);
  await isWhole(pool);
});

Deno.test("FlowOptions.maxCrashes prevents retries at 1", async () => {
  await using flow = flowOf({ onError: always }, 1);
  const job = await flow.start("chaotic.closes", deed(100)).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries], ["failed", 0]);
  assertInstanceOf(job.error, WorkerLostError);
  await isWhole(pool);
});

Deno.test("FlowOptions.maxCrashes spares an activation that recovers", async () => {
  await using flow = flowOf({ onError: always });
  const job = await flow.start("chaotic.closes", deed(2)).waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData], ["completed", { attempt: 3 }]);
  await isWhole(pool);
});

Deno.test("FlowOptions.maxCrashes ignores failures without a crash", async () => {
  await using flow = flowOf({ onError: always });
  const job = await flow.start("chaotic.throws", deed(10)).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.retries], ["completed", 10]);
});

Deno.test("FlowOptions.maxCrashes counts endless loops", async () => {
  await isWhole(pool);
  await using flow = flowOf({ onError: always, runTimeout: 200 }, 2);
  const poison = deed(100);
  const job = await flow.start("chaotic.spins", poison).waitForCompletion(BOUND);
  arrive(poison.latches, RELEASED);
  assertEquals([job.status, job.counts.retries], ["failed", 1]);
  assertInstanceOf(job.error, PoisonedActivationError);
  assertInstanceOf(job.error.cause, ActivationTimeoutError);
  await isWhole(pool);
});

Deno.test("RetryStrategy.then applies to a PoisonedActivationError", async () => {
  await using flow = flowOf({ onError: { ...always, then: "skip" } });
  const job = await flow.start("chaotic.exits", deed(100)).waitForCompletion(BOUND);
  assertEquals([job.status, job.skipped, job.counts.retries], ["completed", ["chaotic"], 2]);
  assertInstanceOf(job.errors[0], PoisonedActivationError);
  await isWhole(pool);
});

Deno.test("Policy.onErrorOf matches a PoisonedActivationError", async () => {
  await using flow = flowOf({
    onError: always,
    onErrorOf: { PoisonedActivationError: "continue" },
  });
  const job = await flow.start("chaotic.closes", deed(100)).waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.failed], ["completed", 1]);
  assertInstanceOf(job.errors[0], PoisonedActivationError);
  await isWhole(pool);
});
