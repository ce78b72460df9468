// Times of zero that repeat for ever: each test ends only if the event loop has its turns meanwhile.

import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { newLatches } from "../routines/latches.ts";
import { BOUND, sharedPool, watch } from "./pools.ts";
import { clerk, flaky, waiter } from "./routines.ts";

const pool = sharedPool(1);
const FOR_EVER = { strategy: "retry", maxRetries: Infinity, delay: 0 } as const;

Deno.test("RetryStrategy.delay 0 yields to the event loop", async () => {
  await using flow = new Flow({ pool, onError: FOR_EVER }).add("flaky", flaky);
  await using retries = watch(flow, "activation_retrying");
  const job = flow.start("flaky.item", { fails: Infinity });
  await retries.reached(20);
  assertEquals((await flow.cancel(job).waitForCompletion(BOUND)).status, "cancelled");
});

Deno.test("Policy.queueTimeout 0 yields to the event loop", async () => {
  await using busy = new Flow({ pool }).add("waiter", waiter);
  const held = busy.start("waiter.either", { latches: newLatches() });
  await using flow = new Flow({ pool, onError: FOR_EVER, queueTimeout: 0 }).add("flaky", flaky);
  await using retries = watch(flow, "activation_retrying");
  const jobs = [1, 2, 3].map(() => flow.start("flaky.item", { fails: Infinity }));
  await retries.reached(20);
  busy.cancel(held);
  for (const job of jobs) {
    assertEquals((await flow.cancel(job).waitForCompletion(BOUND)).status, "cancelled");
  }
});

Deno.test("Policy.runTimeout 0 yields to the event loop", async () => {
  await using flow = new Flow({ pool, onError: FOR_EVER, runTimeout: 0 }).add("waiter", waiter);
  await using retries = watch(flow, "activation_retrying");
  const job = flow.start("waiter.either", { latches: newLatches() });
  await retries.reached(5);
  assertEquals((await flow.cancel(job).waitForCompletion(BOUND)).status, "cancelled");
});

Deno.test("WaitForOptions.timeout 0 yields to the event loop", async () => {
  await using flow = new Flow({ pool, onError: FOR_EVER }).add("clerk", clerk);
  await using renewed = watch(flow, "wait_renewed");
  const job = flow.start("clerk.ask", 0);
  await renewed.reached(20);
  flow.signal(job, "approval", "me");
  assertEquals((await job.waitForCompletion(BOUND)).status, "completed");
});

Deno.test("StartOptions.timeout 0 and Policy.totalTimeout 0 expire", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter);
  const start = () => flow.start("waiter.either", { latches: newLatches() }, { timeout: 0 });
  const job = await start().waitForCompletion(BOUND);
  assertEquals([job.status, job.error?.name], ["failed", "JobTimeoutError"]);
  await using total = new Flow({ pool, totalTimeout: 0, onError: FOR_EVER }).add("waiter", waiter);
  const late = await total.start("waiter.either", { latches: newLatches() })
    .waitForCompletion(BOUND);
  assertEquals([late.status, late.error?.name], ["failed", "ActivationTimeoutError"]);
});
