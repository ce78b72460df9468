// Recovery of a job in another process, when the one that ran it is gone.

import { assertEquals } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { countsOf } from "../../src/engine/job.ts";
import type { Committed } from "../../src/routine/committed.ts";
import { Bench, CANCEL, emits, typesOf } from "./harness.ts";

const COUNTS: Committed = {
  emits: 1,
  writes: 0,
  logEntries: 0,
  emitted: 0,
  written: 0,
  first: [],
};

Deno.test("decide() counts a crash for an executing activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  for (const crashes of [1, 2, 3]) {
    bench.take();
    assertEquals(typesOf(bench.do(job, { type: "recover" })), ["job_recovered"]);
    assertEquals([job.executing, job.queued, job.retries], [0, 1, 0]);
    assertEquals(job.live.get("j/1")?.crashes, crashes);
    assertEquals(job.live.get("j/1")?.attempt, crashes);
  }
  assertEquals(bench.take(), "j/1");
  assertEquals(job.live.get("j/1")?.attempt, 4);
});

Deno.test("decide() requeues left activations as the same attempt", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take();
  assertEquals(typesOf(bench.do(job, { type: "leave" })), ["job_left"]);
  assertEquals([job.executing, job.queued], [0, 1]);
  bench.do(job, { type: "recover" });
  assertEquals(bench.take(), "j/1");
  const { attempt, crashes } = job.live.get("j/1")!;
  assertEquals([attempt, crashes], [1, 0]);
});

Deno.test("decide() counts no crash for queued activations", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.take();
  bench.do(job, { type: "recover" });
  assertEquals([...job.live.values()].map(({ crashes }) => crashes), [1, 0]);
});

Deno.test("fold() counts no crash for an older journal", () => {
  const activation = { activationId: "j/1", routineId: "source", slot: "trigger", payload: 1 };
  const { activationId, routineId, slot } = activation;
  const about = { activationId, routineId, slot, attempt: 1 };
  const job = fold([
    { type: "job_started", jobId: "j", seq: 1, at: 1, flowId: "flow", activation },
    { type: "activation_started", jobId: "j", seq: 2, at: 2, ...about, workerId: "w1" },
    { type: "job_recovered", jobId: "j", seq: 3, at: 3 },
  ]);
  const live = job.live.get("j/1");
  assertEquals([live?.state, live?.attempt, live?.crashes], ["queued", 0, 0]);
});

Deno.test("decide() preserves flushed commits over a recovery", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  for (const emitted of [1, 2]) {
    bench.do(job, {
      type: "flush",
      activationId,
      effects: emits(emitted),
      committed: { ...COUNTS, emits: emitted },
    });
  }
  bench.do(job, { type: "recover" });
  const { flushes, committed } = job.live.get(bench.take() ?? "") ?? {};
  assertEquals([flushes, committed?.emits], [2, 2]);
});

Deno.test("apply() counts a flush that records no commits", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "flush", activationId, effects: emits(1), committed: COUNTS });
  bench.do(job, { type: "flush", activationId, effects: emits(2) });
  const { flushes, committed } = job.live.get(activationId) ?? {};
  assertEquals([flushes, committed], [2, undefined]);
});

Deno.test("decide() preserves queue order over a recovery", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2, 3));
  bench.take();
  bench.do(job, { type: "recover" });
  assertEquals([bench.take(), bench.take(), bench.take()], ["j/2", "j/3", "j/4"]);
});

Deno.test("decide() ends a stopping job as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.take();
  bench.do(job, CANCEL);
  const events = bench.do(job, { type: "recover" });
  assertEquals(typesOf(events).at(-1), "job_cancelled");
  assertEquals([job.status, job.live.size], ["cancelled", 0]);
  const { queued, executing, completed, cancelled } = countsOf(job);
  assertEquals({ queued, executing, completed, cancelled }, {
    queued: 0,
    executing: 0,
    completed: 1,
    cancelled: 2,
  });
});

Deno.test("decide() ends a failing job as failed", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const [first] = [bench.take(), bench.take()];
  bench.fail(job, first);
  bench.do(job, { type: "recover" });
  assertEquals([job.status, job.live.size, job.queued], ["failed", 0, 0]);
});
