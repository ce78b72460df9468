import { assertEquals } from "@std/assert";
import type { Command } from "../../src/engine/command.ts";
import { decide } from "../../src/engine/decide.ts";
import { effectivePolicy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import { graph } from "../graph/graphs.ts";
import { Bench, CANCEL, effects, emits, failure } from "./harness.ts";

/** Everything that can be asked about an activation. */
function about(activationId: string): Command[] {
  const execution = { workerId: "w1", startedAt: 1, endedAt: 2 };
  return [
    { type: "begin", activationId, workerId: "w1" },
    { type: "progress", activationId, data: 1 },
    { type: "flush", activationId, effects: emits(1) },
    { type: "complete", activationId, effects: emits(1), execution },
    { type: "fail", activationId, error: failure, execution, chance: 0 },
    { type: "fail", activationId, error: failure, execution: undefined, chance: 0 },
    { type: "drop", activationId, error: failure },
  ];
}

const policy = effectivePolicy({}, {});

const ABOUT_JOB: readonly Command[] = [
  { type: "pause" },
  { type: "resume" },
  { type: "recover" },
  { type: "signal", signal: "go", payload: 1 },
  { type: "expire", waitId: "j?1", error: failure, chance: 0 },
  CANCEL,
];

Deno.test("decide() ignores commands for an ended activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const entry = bench.take() ?? "";
  bench.complete(job, entry, emits(1));
  const before = job.seq;
  for (const command of about(entry)) assertEquals(bench.do(job, command), [], command.type);
  assertEquals([job.seq, job.completed, job.known], [before, 1, 2]);
});

Deno.test("decide() ignores commands for an unknown activation", () => {
  const bench = new Bench();
  const job = bench.start();
  for (const command of about("other/1")) assertEquals(bench.do(job, command), [], command.type);
});

Deno.test("decide() ignores commands for a dropped activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const taken = bench.take();
  bench.do(job, CANCEL);
  for (const command of about("j/3")) assertEquals(bench.do(job, command), [], command.type);
  bench.complete(job, taken);
  assertEquals([job.status, job.cancelled], ["cancelled", 2]);
});

Deno.test("decide() ignores commands for an ended job", () => {
  for (const outcome of ["completed", "failed", "cancelled"] as const) {
    const bench = new Bench();
    const job = bench.start("j");
    const entry = bench.take() ?? "";
    if (outcome === "completed") bench.complete(job, entry);
    if (outcome === "failed") bench.fail(job, entry);
    if (outcome === "cancelled") {
      bench.do(job, CANCEL);
      bench.complete(job, entry);
    }
    const before = structuredClone(job);
    for (const command of [...about(entry), ...about("j/2"), ...ABOUT_JOB]) {
      assertEquals(bench.do(job, command), [], `${command.type} of a ${outcome} job`);
    }
    assertEquals<unknown>([job.status, job], [outcome, before]);
    assertEquals(bench.engine.ready, 0);
  }
});

Deno.test("decide() reports progress but no flush while stopping", () => {
  const bench = new Bench();
  const job = bench.start();
  const activationId = bench.take() ?? "";
  bench.do(job, CANCEL);
  const flushed = effects({ sharedData: [{ key: "a", value: 1 }] });
  assertEquals(bench.do(job, { type: "flush", activationId, effects: flushed }), []);
  assertEquals(bench.do(job, { type: "progress", activationId, data: 1 }).length, 1);
  assertEquals(job.sharedData.size, 0);
});

Deno.test("decide() leaves the job unchanged", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1, 2));
  const taken = bench.take() ?? "";
  const policies = new Map([["source", policy], ["link", policy]]);
  const rules = { routes: new Routes(graph({})), policies, maxCrashes: 3 };
  const before = structuredClone(job);
  for (const command of [...about(taken), ...about("j/3"), ...ABOUT_JOB]) {
    const decided = decide(job, command, 99, rules);
    assertEquals(decide(job, command, 99, rules), decided, "the same is decided each time");
    assertEquals<unknown>(job, before, command.type);
  }
});
