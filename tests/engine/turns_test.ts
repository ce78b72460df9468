import { assert, assertEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Engine } from "../../src/engine/engine.ts";
import type { Job } from "../../src/engine/job.ts";
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

Deno.test("Engine.take() begins a late job before older queues are empty", () => {
  const bench = new Bench();
  const big = bench.start("big");
  bench.complete(big, bench.take(), emits(...Array.from({ length: 1000 }, (_, i) => i)));
  const small = bench.start("small");
  const taken = Array.from({ length: 17 }, () => bench.take());
  assertEquals(taken.indexOf("small/1"), 16);
  // From now on, it has every second turn.
  bench.complete(small, "small/1", emits(1));
  assertEquals([bench.take(), bench.take(), bench.take()], ["big/18", "small/2", "big/19"]);
});

Deno.test("Engine.take() ends the jobs that have begun before it begins others", () => {
  const bench = new Bench();
  const jobs = new Map(Array.from({ length: 100 }, (_, i) => [`${i}`, bench.start(`${i}`)]));
  const ended: string[] = [];
  let most = 0;
  for (let taken = bench.take(); taken !== undefined; taken = bench.take()) {
    const [jobId = "", number] = taken.split("/");
    const job = jobs.get(jobId)!;
    bench.complete(job, taken, number === "5" ? undefined : emits(1));
    if (job.endedAt !== undefined) ended.push(jobId);
    most = Math.max(most, [...jobs.values()].filter(isHalfDone).length);
  }
  assertEquals(ended, [...jobs.keys()]);
  assertEquals(most, 1);
});

function isHalfDone({ completed, endedAt }: Job): boolean {
  return completed > 0 && endedAt === undefined;
}

Deno.test("Engine.take() begins jobs at a bounded rate beside jobs that never end", () => {
  const bench = new Bench();
  const jobs = new Map(Array.from({ length: 100 }, (_, i) => [`${i}`, bench.start(`${i}`)]));
  const begun = new Set<string>();
  const turns: number[] = [];
  for (let turn = 0; begun.size < 5; turn++) {
    const taken = bench.take()!;
    const [jobId = "", number] = taken.split("/");
    if (!begun.has(jobId)) turns.push(turn);
    begun.add(jobId);
    bench.complete(
      jobs.get(jobId)!,
      taken,
      number === "1" ? emits(...Array(200).fill(0)) : undefined,
    );
  }
  // Sixteen turns for each job that has begun, and one for the next.
  assertEquals(turns, [0, 17, 50, 99, 164]);
});

Deno.test("StartOptions.priority decides which job is next", () => {
  const bench = new Bench();
  const first = bench.start("first");
  bench.complete(first, bench.take(), emits(1, 2));
  bench.start("low", undefined, undefined, { priority: -1 });
  bench.start("high", undefined, undefined, { priority: 1.5 });
  bench.start("higher", undefined, undefined, { priority: 2 });
  const taken = Array.from({ length: 6 }, () => bench.take());
  assertEquals(taken, ["higher/1", "high/1", "first/2", "first/3", "low/1", undefined]);
});

Deno.test("StartOptions.group takes turns with other groups", () => {
  const bench = new Bench();
  for (let i = 0; i < 1_500; i++) bench.start(`a${i}`, undefined, undefined, { group: "a" });
  bench.start("b0", undefined, undefined, { group: "b" });
  bench.start("b1", undefined, undefined, { group: "b" });
  bench.start("none");
  const taken = Array.from({ length: 6 }, () => bench.take());
  assertEquals(taken, ["a0/1", "b0/1", "none/1", "a1/1", "b1/1", "a2/1"]);
});

Deno.test("Engine.take() gives no extra turn for more work", () => {
  const bench = new Bench();
  const jobs = ["a", "b", "c"].map((jobId) => bench.start(jobId));
  const turns: string[] = [];
  const first = jobs.map(() => bench.take());
  jobs.forEach((job, i) => bench.complete(job, first[i], emits(1)));
  for (let i = 0; i < 6; i++) {
    const taken = bench.take() ?? "";
    turns.push(taken[0] ?? "");
    const job = jobs.find(({ jobId }) => taken.startsWith(jobId));
    assert(job !== undefined);
    // "a" queues ten each time, the others just enough to go on.
    bench.complete(job, taken, emits(...Array(taken.startsWith("a") ? 10 : 1).fill(0)));
  }
  assertEquals(turns.join(""), "abcabc");
});

Deno.test("Engine.take() skips a paused job until its resume", () => {
  const bench = new Bench();
  const [a, b] = [bench.start("a"), bench.start("b")];
  bench.do(a, { type: "pause" });
  assertEquals([bench.take(), bench.take()], ["b/1", undefined]);
  bench.do(a, { type: "resume" });
  bench.complete(b, "b/1", emits(1));
  assertEquals([bench.take(), bench.take()], ["b/2", "a/1"]);
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
  assertEquals(bench.engine.ready, 1);
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

Deno.test("Engine.forget() leaves no trace of jobs that wait for maxJobs", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const bench = new Bench({ maxJobs: 1 });
  bench.start("running");
  assertEquals(bench.take(), "running/1");
  const left = Array.from(
    { length: 1_000 },
    (_, i) => new WeakRef(cancelled(bench.engine, `${i}`)),
  );
  // A WeakRef holds its target until the end of the turn.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  const count = left.filter((job) => job.deref() !== undefined).length;
  assert(count < 100, `${count} are left`);
});

function cancelled(engine: Engine, jobId: string): Job {
  const start = { jobId, routineId: "source", slot: "trigger", payload: 0 };
  const job = engine.applyStart(engine.decideStart(start, 1));
  engine.dispatch(job, CANCEL, 2);
  engine.forget(jobId);
  return job;
}
