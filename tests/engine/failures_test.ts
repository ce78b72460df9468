// The course of a job whose activations fail under a policy.

import { assert, assertEquals } from "@std/assert";
import { countsOf } from "../../src/engine/job.ts";
import { Bench, CANCEL, emits, failure, typesOf } from "./harness.ts";

const RETRY = { strategy: "retry", delay: 10, backoff: 1, maxRetries: 2 } as const;

/** A job whose entry activation failed `times` times, each retry having come due. */
function failing(bench: Bench, times: number) {
  const job = bench.start("j");
  let last = bench.events(job);
  for (let i = 0; i < times; i++) {
    const taken = bench.take();
    assert(taken !== undefined, `there was no attempt ${i + 1}`);
    last = bench.fail(job, taken);
    for (const live of job.live.values()) bench.engine.due(job, live);
  }
  return { job, last };
}

Deno.test("decide() queues a retry without holding a worker", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const job = bench.start("j");
  const [event] = bench.fail(job, bench.take());
  assert(event?.type === "activation_retrying");
  assertEquals(event.dueAt, bench.time + 10);
  assertEquals([job.status, job.queued, job.executing, job.retries], ["running", 1, 0, 1]);
  assertEquals([bench.take(), bench.engine.ready], [undefined, 0], "it is not due yet");
});

Deno.test("decide() completes a job after successful retries", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const { job } = failing(bench, 2);
  const taken = bench.take();
  assertEquals(job.live.get("j/1")?.attempt, 3);
  bench.complete(job, taken);
  assertEquals([job.status, job.retries, job.failed, job.errors], ["completed", 2, 0, []]);
});

Deno.test("decide() fails the job after its last retry", () => {
  const { job, last } = failing(new Bench({ policy: { onError: RETRY } }), 3);
  assertEquals(typesOf(last), ["activation_failed", "job_stopping", "job_failed"]);
  assertEquals([job.retries, job.failed, job.stopping?.error], [2, 1, failure]);
});

Deno.test("decide() drops a pending retry on cancel", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const { job } = failing(bench, 1);
  assertEquals(typesOf(bench.do(job, CANCEL)), ["job_stopping", "job_cancelled"]);
  assertEquals([job.cancelled, job.live.size, bench.take()], [1, 0, undefined]);
});

Deno.test("decide() counts retries separately for each job", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  failing(bench, 3);
  const next = bench.start("next");
  bench.fail(next, bench.take());
  assertEquals([next.status, next.retries], ["running", 1]);
});

Deno.test("decide() completes a job with recorded failures", () => {
  const bench = new Bench({ policies: { link: { onError: "continue" } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.fail(job, bench.take());
  assertEquals(job.status, "running");
  bench.complete(job, bench.take(), emits());
  assertEquals([job.status, job.failed, job.completed], ["completed", 1, 2]);
  assertEquals(job.errors, [{ routineId: "link", error: failure }]);
});

Deno.test("SkipStrategy.fallback replaces the work of the routine", () => {
  const fallback = { event: "output", payload: "instead" };
  const bench = new Bench({ policies: { link: { onError: { strategy: "skip", fallback } } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1));
  assertEquals(typesOf(bench.fail(job, bench.take())), ["activation_skipped"]);
  const [queued] = bench.queued(job);
  assertEquals([queued?.routineId, queued?.payload, queued?.from], ["sink", "instead", "j/2"]);
  bench.complete(job, bench.take());
  assertEquals([job.status, job.skipped, [...job.skippedRoutines ?? []]], ["completed", 1, [
    "link",
  ]]);
});

Deno.test("SkipStrategy.fallback is copied for each use", () => {
  const fallback = { event: "output", payload: { list: [] } };
  const bench = new Bench({ policies: { link: { onError: { strategy: "skip", fallback } } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const failed = [bench.take(), bench.take()];
  for (const activationId of failed) bench.fail(job, activationId);
  const payloads = bench.queued(job).map(({ payload }) => payload);
  assertEquals(payloads, [fallback.payload, fallback.payload]);
  assertEquals(new Set([fallback.payload, ...payloads]).size, 3);
});

Deno.test("ERROR_EVENT carries the payload and the error", () => {
  const bench = new Bench({ wiring: ["source.$error -> sink.input"] });
  const job = bench.start("j", { n: 1 });
  bench.fail(job, bench.take());
  const [queued] = bench.queued(job);
  assertEquals(queued?.payload, { payload: { n: 1 }, slot: "trigger", error: failure });
  assertEquals([queued?.event, queued?.from], ["$error", "j/1"]);
  bench.complete(job, bench.take());
  assertEquals(job.status, "completed");
});

Deno.test("ERROR_EVENT is absent during retries and job failures", () => {
  const wiring = ["source.$error -> sink.input"];
  const retrying = failing(new Bench({ wiring, policy: { onError: RETRY } }), 2);
  assertEquals([...retrying.job.live.keys()], ["j/1"]);
  const critical = failing(new Bench({ wiring, policies: { source: { critical: true } } }), 1);
  assertEquals([critical.job.status, critical.job.known], ["failed", 1]);
});

Deno.test("ERROR_EVENT stops the job if its payload is uncopyable", () => {
  const wiring = ["source.output -> link.input", "link.$error -> sink.input"];
  const bench = new Bench({ wiring: [...wiring, "link.$error -> source.trigger"] });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits({ callback: () => {} }));
  const events = bench.fail(job, bench.take());
  assertEquals(typesOf(events), ["activation_failed", "job_stopping", "job_failed"]);
  const error = job.stopping?.error;
  assertEquals([error?.name, error?.cause], ["UncloneableValueError", { error: failure }]);
  assertEquals([job.known, job.errors], [2, [{ routineId: "link", error }]]);
});

Deno.test("FlowOptions.maxCrashes overrides the retry policy", () => {
  const onError = { strategy: "retry", maxRetries: Infinity, delay: 0 } as const;
  const bench = new Bench({ policy: { onError }, maxCrashes: 2 });
  const job = bench.start("j");
  bench.fail(job, bench.take());
  assertEquals(bench.fail(job, bench.take(), { crashed: true })[0]?.type, "activation_retrying");
  assertEquals(bench.fail(job, bench.take(), { crashed: true })[0]?.type, "activation_failed");
  assertEquals(job.status, "failed");
});

Deno.test("decide() drops one activation and continues the job", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const taken = bench.take() ?? "";
  bench.do(job, { type: "drop", activationId: taken, error: failure });
  assertEquals([job.status, job.cancelled, job.executing], ["running", 1, 0]);
  bench.complete(job, bench.take());
  assertEquals([job.status, job.errors], ["completed", []]);
});

Deno.test("countsOf() sums to the known activations after failures", () => {
  for (const onError of ["stop", "continue", "skip", RETRY] as const) {
    const bench = new Bench({ policy: { onError } });
    const job = bench.start("j");
    bench.complete(job, bench.take(), emits(1, 2, 3));
    bench.fail(job, bench.take());
    const { queued, executing, completed, failed, skipped, cancelled, known } = countsOf(job);
    assertEquals(queued + executing + completed + failed + skipped + cancelled, known);
  }
});
