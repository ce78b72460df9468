// How a job goes on, or ends, when its activations fail under a policy.

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

Deno.test("a retry is queued with its time, and holds no worker", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const job = bench.start("j");
  const [event] = bench.fail(job, bench.take());
  assert(event?.type === "activation_retrying");
  assertEquals(event.dueAt, bench.time + 10);
  assertEquals([job.status, job.queued, job.executing, job.retries], ["running", 1, 0, 1]);
  assertEquals([bench.take(), bench.engine.ready], [undefined, 0], "it is not due yet");
});

Deno.test("an attempt more is counted, and one that succeeds completes the job", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const { job } = failing(bench, 2);
  const taken = bench.take();
  assertEquals(job.live.get("j/1")?.attempt, 3);
  bench.complete(job, taken);
  assertEquals([job.status, job.retries, job.failed, job.errors], ["completed", 2, 0, []]);
});

Deno.test("a retry that is spent fails the job by its last error", () => {
  const { job, last } = failing(new Bench({ policy: { onError: RETRY } }), 3);
  assertEquals(typesOf(last), ["activation_failed", "job_stopping", "job_failed"]);
  assertEquals([job.retries, job.failed, job.stopping?.error], [2, 1, failure]);
});

Deno.test("a waiting retry is dropped when its job is cancelled", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  const { job } = failing(bench, 1);
  assertEquals(typesOf(bench.do(job, CANCEL)), ["job_stopping", "job_cancelled"]);
  assertEquals([job.cancelled, job.live.size, bench.take()], [1, 0, undefined]);
});

Deno.test("the retries of one job take nothing from those of another", () => {
  const bench = new Bench({ policy: { onError: RETRY } });
  failing(bench, 3);
  const next = bench.start("next");
  bench.fail(next, bench.take());
  assertEquals([next.status, next.retries], ["running", 1]);
});

Deno.test("a recorded failure lets the job go on and complete, its error listed", () => {
  const bench = new Bench({ policies: { link: { onError: "continue" } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.fail(job, bench.take());
  assertEquals(job.status, "running");
  bench.complete(job, bench.take(), emits());
  assertEquals([job.status, job.failed, job.completed], ["completed", 1, 2]);
  assertEquals(job.errors, [{ routineId: "link", error: failure }]);
});

Deno.test("a skip emits its fallback in place of the routine's work", () => {
  const fallback = { event: "output", payload: "instead" };
  const bench = new Bench({ policies: { link: { onError: { strategy: "skip", fallback } } } });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1));
  assertEquals(typesOf(bench.fail(job, bench.take())), ["activation_skipped"]);
  const [queued] = bench.queued(job);
  assertEquals([queued?.routineId, queued?.payload, queued?.from], ["sink", "instead", "j/2"]);
  bench.complete(job, bench.take());
  assertEquals([job.status, job.skipped, [...job.skippedRoutines]], ["completed", 1, ["link"]]);
});

Deno.test("each use of a fallback has a copy of the payload to itself", () => {
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

Deno.test("what a routine failed at leaves over its $error, with the error", () => {
  const bench = new Bench({ wiring: ["source.$error -> sink.input"] });
  const job = bench.start("j", { n: 1 });
  bench.fail(job, bench.take());
  const [queued] = bench.queued(job);
  assertEquals(queued?.payload, { payload: { n: 1 }, slot: "trigger", error: failure });
  assertEquals([queued?.event, queued?.from], ["$error", "j/1"]);
  bench.complete(job, bench.take());
  assertEquals(job.status, "completed");
});

Deno.test("nothing leaves over $error while there are retries, nor if the job fails", () => {
  const wiring = ["source.$error -> sink.input"];
  const retrying = failing(new Bench({ wiring, policy: { onError: RETRY } }), 2);
  assertEquals([...retrying.job.live.keys()], ["j/1"]);
  const critical = failing(new Bench({ wiring, policies: { source: { critical: true } } }), 1);
  assertEquals([critical.job.status, critical.job.known], ["failed", 1]);
});

Deno.test("a failure that cannot be told where it leads stops the job, and is the cause of its error", () => {
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

Deno.test("an activation that loses worker after worker is set aside, whatever its policy", () => {
  const onError = { strategy: "retry", maxRetries: Infinity, delay: 0 } as const;
  const bench = new Bench({ policy: { onError }, maxCrashes: 2 });
  const job = bench.start("j");
  bench.fail(job, bench.take());
  assertEquals(bench.fail(job, bench.take(), { crashed: true })[0]?.type, "activation_retrying");
  assertEquals(bench.fail(job, bench.take(), { crashed: true })[0]?.type, "activation_failed");
  assertEquals(job.status, "failed");
});

Deno.test("an activation cancelled by itself leaves its job to go on", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const taken = bench.take() ?? "";
  bench.do(job, { type: "drop", activationId: taken, error: failure });
  assertEquals([job.status, job.cancelled, job.executing], ["running", 1, 0]);
  bench.complete(job, bench.take());
  assertEquals([job.status, job.errors], ["completed", []]);
});

Deno.test("the counts add up whatever follows a failure", () => {
  for (const onError of ["stop", "continue", "skip", RETRY] as const) {
    const bench = new Bench({ policy: { onError } });
    const job = bench.start("j");
    bench.complete(job, bench.take(), emits(1, 2, 3));
    bench.fail(job, bench.take());
    const { queued, executing, completed, failed, skipped, cancelled, known } = countsOf(job);
    assertEquals(queued + executing + completed + failed + skipped + cancelled, known);
  }
});
