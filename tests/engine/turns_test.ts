import { assert, assertEquals } from "@std/assert";
import { Bench, CANCEL, emits } from "./harness.ts";

Deno.test("Engine.take() alternates jobs and takes the oldest", () => {
  const bench = new Bench();
  const [a, b] = [bench.start("a"), bench.start("b")];
  const [first, second] = [bench.take(), bench.take()];
  bench.complete(a, first, emits(1, 2, 3));
  bench.complete(b, second, emits(1, 2));
  const taken = Array.from({ length: 6 }, () => bench.take());
  assertEquals(taken, ["a/2", "b/2", "a/3", "b/3", "a/4", undefined]);
});

Deno.test("Engine.take() serves a late job before older queues", () => {
  const bench = new Bench();
  const big = bench.start("big");
  bench.complete(big, bench.take(), emits(...Array.from({ length: 1000 }, (_, i) => i)));
  bench.complete(big, bench.take());
  bench.start("small");
  assertEquals([bench.take(), bench.take(), bench.take()], ["big/3", "small/1", "big/4"]);
});

Deno.test("Engine.take() gives no extra turn for more work", () => {
  const bench = new Bench();
  const jobs = ["a", "b", "c"].map((jobId) => bench.start(jobId));
  const turns: string[] = [];
  for (let i = 0; i < 9; i++) {
    const taken = bench.take() ?? "";
    turns.push(taken[0] ?? "");
    const job = jobs.find(({ jobId }) => taken.startsWith(jobId));
    assert(job !== undefined);
    // "a" queues ten each time, the others just enough to go on.
    bench.complete(job, taken, emits(...Array(taken.startsWith("a") ? 10 : 1).fill(0)));
  }
  assertEquals(turns.join(""), "abcabcabc");
});

Deno.test("Engine.take() skips a paused job until its resume", () => {
  const bench = new Bench();
  const [a, b] = [bench.start("a"), bench.start("b")];
  bench.do(a, { type: "pause" });
  assertEquals([bench.take(), bench.take()], ["b/1", undefined]);
  bench.do(a, { type: "resume" });
  bench.complete(b, "b/1", emits(1));
  assertEquals([bench.take(), bench.take()], ["a/1", "b/2"]);
});

Deno.test("Engine.take() skips a cancelled job", () => {
  const bench = new Bench();
  const [a] = [bench.start("a"), bench.start("b")];
  bench.do(a, CANCEL);
  assertEquals([bench.take(), bench.take()], ["b/1", undefined]);
});

Deno.test("Engine.take() skips a dropped activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.do(job, { type: "drop", activationId: "j/2", error: CANCEL.error });
  assertEquals([bench.take(), bench.take()], ["j/3", undefined]);
});

Deno.test("Engine.ready counts activations that can start", () => {
  const bench = new Bench();
  const [a] = [bench.start("a"), bench.start("b")];
  assertEquals(bench.engine.ready, 2);
  bench.complete(a, bench.take(), emits(1, 2, 3, 4, 5));
  assertEquals(bench.engine.ready, 6);
  bench.take();
  assertEquals(bench.engine.ready, 5);
  bench.do(a, { type: "pause" });
  assertEquals(bench.engine.ready, 0);
});

Deno.test("Engine.giveBack() restores the order of a job", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2, 3));
  const [first, second] = [bench.engine.take(), bench.engine.take()];
  assert(first !== undefined && second !== undefined);
  for (const { job, live } of [second, first]) bench.engine.giveBack(job, live);
  assertEquals(Array.from({ length: 4 }, () => bench.take()), ["j/2", "j/3", "j/4", undefined]);
});

Deno.test("Engine.giveBack() drops a cancelled activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const taken = bench.engine.take();
  assert(taken !== undefined);
  bench.do(job, CANCEL);
  bench.engine.giveBack(taken.job, taken.live);
  assertEquals([bench.take(), bench.engine.ready], [undefined, 0]);
});

Deno.test("Engine.due() queues a delayed activation", () => {
  const bench = new Bench();
  const job = bench.start("j", undefined, 100);
  assertEquals([job.status, bench.take()], ["pending", undefined]);
  const [live] = job.live.values();
  assert(live !== undefined);
  bench.engine.due(job, live);
  assertEquals([bench.take(), job.status], ["j/1", "running"]);
});

Deno.test("Engine.adopt() preserves the queue order", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  bench.take();
  const other = new Bench();
  other.time = bench.time;
  const left = structuredClone(job);
  other.engine.adopt(left, other.time);
  other.do(left, { type: "recover" });
  assertEquals([other.take(), other.take(), other.take()], ["j/2", "j/3", undefined]);
});

Deno.test("Engine.forget() removes the job and its turn", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take());
  bench.engine.forget("j");
  assertEquals([bench.engine.job("j"), [...bench.engine.jobs()], bench.take()], [
    undefined,
    [],
    undefined,
  ]);
});
