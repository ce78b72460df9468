// Waiting on a signal from outside, and holding payloads back until a job is resumed.

import { assertEquals } from "@std/assert";
import { countsOf } from "../../src/engine/job.ts";
import { Bench, CANCEL, effects, emits, failure, typesOf } from "./harness.ts";

/** Effects that wait for signals, delivered to a slot of the source. */
function waiting(...signals: readonly string[]) {
  return effects({ waits: signals.map((signal) => ({ signal, slot: "trigger", timeout: 50 })) });
}

function signal(name: string, payload: unknown) {
  return { type: "signal", signal: name, payload } as const;
}

Deno.test("decide() frees the worker of a waiting job", () => {
  const bench = new Bench();
  const job = bench.start("j");
  assertEquals(typesOf(bench.complete(job, bench.take(), waiting("go"))), ["activation_completed"]);
  assertEquals([job.status, job.executing, job.queued], ["running", 0, 0]);
  const [wait] = job.waits?.values() ?? [];
  assertEquals([wait?.signal, wait?.routineId, wait?.slot], ["go", "source", "trigger"]);
  assertEquals([wait?.since, wait?.attempt, wait?.timeout], [bench.time, 1, 50]);
});

Deno.test("decide() delivers a signal to its waiting slot", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go"));
  assertEquals(typesOf(bench.do(job, signal("go", { yes: true }))), [
    "signal_received",
    "signal_delivered",
  ]);
  const [queued] = bench.queued(job);
  assertEquals([queued?.routineId, queued?.slot, queued?.payload], ["source", "trigger", {
    yes: true,
  }]);
  bench.complete(job, bench.take());
  assertEquals([job.status, job.signals, job.waits?.size ?? 0], ["completed", new Map(), 0]);
});

Deno.test("decide() stores early signals in order", () => {
  const bench = new Bench();
  const job = bench.start("j");
  for (const payload of [1, 2]) bench.do(job, signal("go", payload));
  assertEquals(job.signals?.size ?? 0, 2);
  const committed = bench.complete(job, bench.take(), waiting("go"));
  assertEquals(typesOf(committed), ["activation_completed", "signal_delivered"]);
  assertEquals(bench.queued(job).map(({ payload }) => payload), [1]);
  assertEquals([...job.signals?.values() ?? []], [{ signal: "go", payload: 2 }]);
});

Deno.test("decide() delivers one signal to each wait", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go", "go", "stay"));
  bench.do(job, signal("go", 1));
  bench.do(job, signal("other", 0));
  assertEquals([...job.waits?.values() ?? []].map(({ signal }) => signal), ["go", "stay"]);
  bench.do(job, signal("go", 2));
  assertEquals(bench.queued(job).map(({ payload }) => payload), [1, 2]);
  assertEquals([...job.waits?.values() ?? []].map(({ signal }) => signal), ["stay"]);
});

Deno.test("decide() applies the policy to an expired wait", () => {
  const ends = { stop: "failed", continue: "completed", skip: "completed" } as const;
  for (const onError of ["stop", "continue", "skip"] as const) {
    const bench = new Bench({ policy: { onError } });
    const job = bench.start("j");
    bench.complete(job, bench.take(), waiting("go"));
    const [waitId = ""] = job.waits?.keys() ?? [];
    bench.do(job, { type: "expire", waitId, error: failure, chance: 0 });
    assertEquals([job.status, job.errors.length, job.waits?.size ?? 0], [ends[onError], 1, 0]);
    assertEquals([...job.skippedRoutines ?? []], onError === "skip" ? ["source"] : []);
  }
});

Deno.test("decide() renews a wait under a retry", () => {
  const onError = { strategy: "retry", delay: 5, maxRetries: 1 } as const;
  const bench = new Bench({ policy: { onError } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go"));
  const [waitId = ""] = job.waits?.keys() ?? [];
  const expire = { type: "expire", waitId, error: failure, chance: 0.5 } as const;
  assertEquals(typesOf(bench.do(job, expire)), ["wait_renewed"]);
  const wait = job.waits?.get(waitId);
  assertEquals([wait?.attempt, wait?.since], [2, bench.time + 5]);
  assertEquals(typesOf(bench.do(job, expire)), ["wait_expired", "job_stopping", "job_failed"]);
});

Deno.test("decide() ignores the expiry of an answered wait", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go"));
  const [waitId = ""] = job.waits?.keys() ?? [];
  bench.do(job, signal("go", 1));
  assertEquals(bench.do(job, { type: "expire", waitId, error: failure, chance: 0 }), []);
});

Deno.test("decide() ends all waits on cancel", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go"));
  assertEquals(typesOf(bench.do(job, CANCEL)), ["job_stopping", "job_cancelled"]);
  assertEquals(job.waits?.size ?? 0, 0);
});

Deno.test("decide() queues held emits on resume", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const held = { event: "output", payload: 1, timestamp: 0, when: "resumed" } as const;
  const direct = { event: "output", payload: 2, timestamp: 0 };
  bench.complete(job, bench.take(), effects({ emits: [held, direct] }));
  assertEquals(bench.queued(job).map(({ payload }) => payload), [2]);
  bench.complete(job, bench.take());
  assertEquals([job.status, bench.take()], ["running", undefined], "the job is not over");
  bench.do(job, { type: "resume" });
  assertEquals(bench.queued(job).map(({ payload }) => payload), [1]);
  bench.complete(job, bench.take());
  assertEquals(job.status, "completed");
});

Deno.test("decide() withdraws waits and completes the job", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go", "stay"));
  const [go = "", stay = ""] = job.waits?.keys() ?? [];
  const withdraw = { type: "withdraw", reason: "nobody is there" } as const;
  assertEquals(typesOf(bench.do(job, { ...withdraw, waitIds: [go] })), ["wait_withdrawn"]);
  assertEquals([job.status, [...job.waits?.keys() ?? []], job.queued], ["running", [stay], 0]);
  assertEquals(bench.do(job, { ...withdraw, waitIds: [go, "j?9"] }), []);
  assertEquals(typesOf(bench.do(job, { ...withdraw, waitIds: [go, stay] })), [
    "wait_withdrawn",
    "job_completed",
  ]);
  assertEquals([job.status, job.withdrawn, job.errors], ["completed", 2, []]);
});

Deno.test("decide() lets activations finish after the last withdrawal", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), effects({ ...emits(1), waits: waiting("go").waits }));
  const activationId = bench.take();
  const waitIds = [...job.waits?.keys() ?? []];
  bench.do(job, { type: "withdraw", waitIds, reason: undefined });
  assertEquals([job.status, job.executing], ["running", 1]);
  bench.complete(job, activationId);
  assertEquals(job.status, "completed");
});

Deno.test("decide() stores signals for a withdrawn wait", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go", "stay"));
  const [waitId = ""] = job.waits?.keys() ?? [];
  bench.do(job, { type: "withdraw", waitIds: [waitId], reason: undefined });
  assertEquals(bench.do(job, { type: "expire", waitId, error: failure, chance: 0 }), []);
  assertEquals(typesOf(bench.do(job, signal("go", 1))), ["signal_received"]);
  bench.do(job, signal("stay", 2));
  const committed = bench.complete(job, bench.take(), waiting("go"));
  assertEquals(typesOf(committed), ["activation_completed", "signal_delivered"]);
  assertEquals(bench.queued(job).map(({ payload }) => payload), [1]);
});

Deno.test("countsOf() counts withdrawals without a stored count", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), waiting("go", "stay"));
  delete job.withdrawn;
  assertEquals(countsOf(job).withdrawn, 0);
  const [waitId = ""] = job.waits?.keys() ?? [];
  bench.do(job, { type: "withdraw", waitIds: [waitId], reason: undefined });
  assertEquals(countsOf(job).withdrawn, 1);
});

Deno.test("decide() delivers signals past withdrawn waits", () => {
  const bench = new Bench();
  const job = bench.start("j");
  // Stored signals make the first waits take them, so that the index of waits has been used.
  for (const payload of [0, 1]) bench.do(job, signal("go", payload));
  bench.complete(job, bench.take(), waiting("go", "go", "go", "go"));
  const [third = "", fourth = ""] = job.waits?.keys() ?? [];
  bench.do(job, { type: "withdraw", waitIds: [third], reason: undefined });
  const delivered = bench.do(job, signal("go", 2));
  assertEquals(typesOf(delivered), ["signal_received", "signal_delivered"]);
  assertEquals(delivered.map((event) => "waitId" in event && event.waitId), [false, fourth]);
  assertEquals([job.waits?.size ?? 0, job.signals?.size ?? 0], [0, 0]);
});
