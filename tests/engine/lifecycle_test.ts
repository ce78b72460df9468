import { assertEquals } from "@std/assert";
import { countsOf } from "../../src/engine/job.ts";
import { Bench, CANCEL, emits, failure, typesOf } from "./harness.ts";

Deno.test("Engine.start() queues the entry activation", () => {
  const bench = new Bench();
  const job = bench.start("j", { n: 1 });
  assertEquals([job.status, job.startedAt, job.endedAt], ["running", 1, undefined]);
  assertEquals(bench.queued(job), [
    { activationId: "j/1", routineId: "source", slot: "trigger", payload: { n: 1 } },
  ]);
});

Deno.test("decide() completes a job with its last activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  assertEquals(typesOf(bench.complete(job, bench.take(), emits(1))), ["activation_completed"]);
  assertEquals(typesOf(bench.complete(job, bench.take(), emits(2))), ["activation_completed"]);
  const last = bench.complete(job, bench.take(), emits(3));
  assertEquals(typesOf(last), ["activation_completed", "job_completed"]);
  assertEquals([job.status, job.endedAt], ["completed", last[0]?.at]);
});

Deno.test("decide() waits for all activations before completion", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.complete(job, bench.take(), emits(1, 2));
  const [first, second] = [bench.take(), bench.take()];
  assertEquals(typesOf(bench.complete(job, first)), ["activation_completed"]);
  assertEquals(typesOf(bench.complete(job, second)), ["activation_completed", "job_completed"]);
});

Deno.test("decide() counts payloads without a connection", () => {
  const bench = new Bench({ wiring: [] });
  const job = bench.start();
  bench.complete(job, bench.take(), emits(1, 2));
  assertEquals([job.status, job.unrouted, job.known], ["completed", 2, 1]);
});

Deno.test("decide() drops the queue of a failing job", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2, 3));
  const [first, second] = [bench.take(), bench.take()];
  const failed = bench.fail(job, first);
  assertEquals(typesOf(failed), ["activation_failed", "job_stopping"]);
  assertEquals([...job.live.keys()], ["j/3"], "j/4 was dropped");
  assertEquals([job.status, job.stopping?.outcome], ["running", "failed"]);
  assertEquals(bench.take(), undefined, "nothing more of it starts");
  assertEquals(typesOf(bench.complete(job, second)), ["activation_cancelled", "job_failed"]);
  assertEquals([job.status, job.stopping?.error], ["failed", failure]);
});

Deno.test("decide() fails a job with its only activation", () => {
  const bench = new Bench();
  const job = bench.start();
  assertEquals(typesOf(bench.fail(job, bench.take())), [
    "activation_failed",
    "job_stopping",
    "job_failed",
  ]);
});

Deno.test("decide() reports only the first failure of a job", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.complete(job, bench.take(), emits(1, 2));
  const [first, second] = [bench.take(), bench.take()];
  bench.fail(job, first);
  assertEquals(typesOf(bench.fail(job, second)), ["activation_cancelled", "job_failed"]);
  assertEquals([job.failed, job.cancelled], [1, 1]);
});

Deno.test("decide() cancels an idle job at once", () => {
  const bench = new Bench();
  const job = bench.start();
  const events = bench.do(job, CANCEL);
  assertEquals(typesOf(events), ["job_stopping", "job_cancelled"]);
  assertEquals([job.status, job.cancelled, job.queued], ["cancelled", 1, 0]);
});

Deno.test("decide() discards effects of a cancelled activation", () => {
  const bench = new Bench();
  const job = bench.start();
  const taken = bench.take();
  assertEquals(typesOf(bench.do(job, CANCEL)), ["job_stopping"]);
  const data = { ...emits(1), sharedData: [{ key: "a", value: 1 }] };
  assertEquals(typesOf(bench.complete(job, taken, data)), [
    "activation_cancelled",
    "job_cancelled",
  ]);
  assertEquals([job.sharedData.size, job.known], [0, 1]);
});

Deno.test("decide() ignores a cancel of a failing job", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.complete(job, bench.take(), emits(1, 2));
  const [first, second] = [bench.take(), bench.take()];
  bench.fail(job, first);
  assertEquals(bench.do(job, CANCEL), []);
  bench.complete(job, second);
  assertEquals(job.status, "failed");
});

Deno.test("Engine.take() skips a paused job until its resume", () => {
  const bench = new Bench();
  const job = bench.start();
  const entry = bench.take();
  assertEquals(typesOf(bench.do(job, { type: "pause" })), ["job_paused"]);
  bench.complete(job, entry, emits(1, 2));
  assertEquals([job.status, bench.take(), bench.engine.ready], ["paused", undefined, 0]);
  assertEquals(typesOf(bench.do(job, { type: "resume" })), ["job_resumed"]);
  assertEquals([job.status, bench.engine.ready, bench.take()], ["running", 2, "job/2"]);
});

Deno.test("decide() lets a paused job end", () => {
  const bench = new Bench();
  const [one, two, three] = [bench.start("one"), bench.start("two"), bench.start("three")];
  const taken = [bench.take(), bench.take()];
  for (const job of [one, two, three]) bench.do(job, { type: "pause" });
  bench.complete(one, taken[0]);
  bench.fail(two, taken[1]);
  bench.do(three, CANCEL);
  assertEquals([one.status, two.status, three.status], ["completed", "failed", "cancelled"]);
});

Deno.test("decide() ignores repeated pauses and resumes", () => {
  const bench = new Bench();
  const job = bench.start();
  assertEquals(bench.do(job, { type: "resume" }), []);
  bench.do(job, { type: "pause" });
  assertEquals(bench.do(job, { type: "pause" }), []);
});

Deno.test("countsOf() sums to the known activations", () => {
  const bench = new Bench();
  const job = bench.start();
  const check = () => {
    const { queued, executing, completed, failed, cancelled, known } = countsOf(job);
    assertEquals(queued + executing + completed + failed + cancelled, known);
    return [queued, executing, completed, failed, cancelled];
  };
  assertEquals(check(), [1, 0, 0, 0, 0]);
  const entry = bench.take();
  assertEquals(check(), [0, 1, 0, 0, 0]);
  bench.complete(job, entry, emits(1, 2, 3));
  assertEquals(check(), [3, 0, 1, 0, 0]);
  const [first] = [bench.take(), bench.take()];
  assertEquals(check(), [1, 2, 1, 0, 0]);
  bench.fail(job, first);
  assertEquals(check(), [0, 1, 1, 1, 1]);
});

Deno.test("JobPaused.withFlow yields to a pause of the job", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.do(job, { type: "pause", withFlow: true });
  assertEquals([job.status, job.pausedWithFlow], ["paused", true]);
  bench.do(job, { type: "pause" });
  assertEquals([job.status, job.pausedWithFlow], ["paused", undefined]);
  assertEquals(bench.do(job, { type: "pause", withFlow: true }), []);
});
