// Each retry strategy of a policy has retries of its own.

import { assert, assertEquals } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import type { Job } from "../../src/engine/job.ts";
import type { ActivationRetrying, JobEvent } from "../../src/engine/job_event.ts";
import type { Policy, RetryStrategy } from "../../src/graph/policy.ts";
import { Bench, type BenchOptions } from "./harness.ts";

function retry(maxRetries: number, delay = 1): RetryStrategy {
  return { strategy: "retry", maxRetries, delay, backoff: 3 };
}

const POLICY: Policy = {
  onErrorOf: { Busy: retry(4), Network: retry(2, 10), toString: retry(1) },
  onError: retry(1, 100),
};

/** Fails the entry of a job with errors of these names in turn. */
function failing(names: readonly string[], options: BenchOptions = { policy: POLICY }) {
  const bench = new Bench(options);
  const job = bench.start("j");
  for (const name of names) {
    for (const live of job.live.values()) if (live.attempt > 0) bench.engine.due(job, live);
    bench.fail(job, bench.take(), { error: { name, message: "no" } });
  }
  return { bench, job, events: bench.events(job) };
}

function retries(events: readonly JobEvent[]): ActivationRetrying[] {
  return events.filter((event) => event.type === "activation_retrying");
}

function isOver({ stopping }: Job): boolean {
  return stopping !== undefined;
}

Deno.test("Policy.onErrorOf counts retries for each name", () => {
  assertEquals(isOver(failing(["Busy", "Busy", "Busy", "Busy", "Network", "Network"]).job), false);
  assertEquals(isOver(failing(["Busy", "Busy", "Busy", "Busy", "Network", "Busy"]).job), true);
  assertEquals(isOver(failing(["Network", "Busy", "Network", "Busy", "Network"]).job), true);
});

Deno.test("Policy.onError counts retries of other errors together", () => {
  assertEquals(isOver(failing(["Busy", "Busy", "Network", "TypeError"]).job), false);
  assertEquals(isOver(failing(["Busy", "TypeError", "RangeError"]).job), true);
});

Deno.test("Policy.onErrorOf accepts names of Object.prototype", () => {
  assertEquals(isOver(failing(["toString", "constructor", "Busy"]).job), false);
  assertEquals(isOver(failing(["toString", "toString"]).job), true);
});

Deno.test("RetryStrategy.backoff grows for each name separately", () => {
  const { events } = failing(["Busy", "Busy", "Network", "Busy", "TypeError", "Network"]);
  const delays = retries(events).map(({ dueAt, at }) => dueAt - at);
  assertEquals(delays, [1, 3, 10, 9, 100, 30]);
});

Deno.test("RoutinePolicy.onError overrides Policy.onErrorOf", () => {
  const policies = { source: { onError: retry(2) } };
  const { job, events } = failing(["Busy", "Network", "Busy"], { policies, policy: POLICY });
  assertEquals([isOver(job), retries(events).map(({ budget }) => budget)], [true, [
    undefined,
    undefined,
  ]]);
});

Deno.test("fold() restores retry counts from events and snapshots", () => {
  const { job, events } = failing(["Busy", "TypeError", "Busy", "Network"]);
  assertEquals(retries(events).map(({ budget }) => budget), [
    "Busy",
    undefined,
    "Busy",
    "Network",
  ]);
  assertEquals(fold(structuredClone(events)), job);
  const middle = structuredClone(fold(events.slice(0, 4)));
  assertEquals(fold(events, middle), job);
  assertEquals(job.live.get("j/1")?.retriesOf, new Map([["Busy", 2], ["Network", 1]]));
});

Deno.test("fold() counts older retries under onError", () => {
  const { events } = failing(["Busy", "Busy"]);
  const old = events.map((event) => {
    const { budget: _, ...rest } = event as ActivationRetrying;
    return rest as JobEvent;
  });
  const job = fold(old);
  assertEquals([job.live.get("j/1")?.retries, job.live.get("j/1")?.retriesOf], [2, undefined]);
  const bench = new Bench({ policy: { ...POLICY, onError: retry(3) } });
  bench.engine.adopt(job, 1000);
  for (
    const [name, isSpent] of [["Busy", false], ["TypeError", false], ["TypeError", true]] as const
  ) {
    const taken = bench.take();
    assert(taken !== undefined);
    bench.fail(job, taken, { error: { name, message: "no" } });
    assertEquals(isOver(job), isSpent, name);
    for (const live of job.live.values()) bench.engine.due(job, live);
  }
});

Deno.test("fold() resets retry counts on a fresh recovery", () => {
  const { job, events } = failing(["Busy", "Network"]);
  const at = 1e6;
  const fresh: JobEvent = { type: "job_recovered", jobId: "j", seq: job.seq + 1, at, fresh: true };
  const live = fold([...events, fresh]).live.get("j/1");
  assertEquals([live?.retries, live?.retriesOf], [0, undefined]);
});
