import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { criticalPath } from "../../src/report/critical_path.ts";
import type { PathStep } from "../../src/report/run_report.ts";
import type { JobTrace, TracedActivation } from "../../src/run/job_trace.ts";
import { traceOf } from "../../src/run/trace_of.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";
import { activation, type Attempted, traceOfParts, wait } from "./traces.ts";

/** The steps in short: `A queued 0–5`. */
function told(steps: readonly PathStep[]): string[] {
  return steps.map(({ kind, routineId, attempt, startedAt, endedAt }) =>
    `${routineId} ${kind}${attempt > 1 ? ` #${attempt}` : ""} ${startedAt}–${endedAt}`
  );
}

Deno.test("criticalPath() follows the activation that ended last", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 5, 10]]),
    activation("b", 10, [[10, 12, 20]], { from: "a" }),
    activation("c", 10, [[10, 30, 45]], { from: "a" }),
  ]);
  assertEquals(told(criticalPath(trace)), [
    "A queued 0–5",
    "A executing 5–10",
    "C queued 10–30",
    "C executing 30–45",
  ]);
});

Deno.test("criticalPath() counts the time until the commit as waiting", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 0, 10]]),
    activation("b", 12, [[12, 12, 20]], { from: "a" }),
    activation("c", 21, [[21, 25, 30]], { from: "b" }),
  ]);
  assertEquals(told(criticalPath(trace)), [
    "A executing 0–10",
    "B queued 10–12",
    "B executing 12–20",
    "C queued 20–25",
    "C executing 25–30",
  ]);
});

Deno.test("criticalPath() begins a fed job with the wait for an item", () => {
  const parts = traceOfParts([activation("a", 0, [[0, 0, 2]]), activation("b", 7, [[7, 8, 10]])]);
  assertEquals(told(criticalPath({ ...parts, isFed: true })), [
    "B feed 0–7",
    "B queued 7–8",
    "B executing 8–10",
  ]);
});

Deno.test("criticalPath() shows the delays of retries", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 1, 10, "retried"], [60, 63, 70]]),
  ]);
  assertEquals(told(criticalPath(trace)), [
    "A queued 0–1",
    "A executing 1–10",
    "A delayed #2 10–60",
    "A queued #2 60–63",
    "A executing #2 63–70",
  ]);
});

Deno.test("criticalPath() shows a delayed start", () => {
  const trace = traceOfParts([activation("a", 0, [[50, 51, 60]])]);
  assertEquals(told(criticalPath(trace)), [
    "A delayed 0–50",
    "A queued 50–51",
    "A executing 51–60",
  ]);
});

Deno.test("criticalPath() shows waits for signals", () => {
  const trace = traceOfParts(
    [
      activation("a", 0, [[0, 0, 10]]),
      activation("b", 100, [[100, 101, 110]], { from: "a" }),
    ],
    [wait("a", 11, 100)],
  );
  assertEquals(told(criticalPath(trace)), [
    "A executing 0–10",
    "A signal 10–100",
    "B queued 100–101",
    "B executing 101–110",
  ]);
});

Deno.test("criticalPath() ends with an open wait", () => {
  const trace = traceOfParts([activation("a", 0, [[0, 0, 10]])], [wait("a", 10, undefined)], {
    lastAt: 10,
  });
  assertEquals(told(criticalPath(trace)), ["A executing 0–10"]);
  assertEquals(told(criticalPath({ ...trace, lastAt: 80 })), [
    "A executing 0–10",
    "A signal 10–80",
  ]);
});

Deno.test("criticalPath() cuts an activation that flushed", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 0, 30, "retried"], [40, 40, 50]]),
    activation("b", 10, [[10, 12, 90]], { from: "a" }),
  ]);
  assertEquals(told(criticalPath(trace)), [
    "A executing 0–10",
    "B queued 10–12",
    "B executing 12–90",
  ]);
});

Deno.test("criticalPath() waits for a worker after a lost attempt", () => {
  const trace = traceOfParts([
    activation("a", 0, [[0, 0, 10, "lost"], [30, 32, 40, "left"], [90, 91, 95]]),
  ]);
  assertEquals(told(criticalPath(trace)), [
    "A executing 0–10",
    "A queued #2 10–32",
    "A executing #2 32–40",
    "A queued #3 40–91",
    "A executing #3 91–95",
  ]);
});

Deno.test("criticalPath() reaches the last event of a running job", () => {
  const executing = traceOfParts([activation("a", 0, [[0, 5, undefined]])], [], { lastAt: 20 });
  assertEquals(told(criticalPath(executing)), ["A queued 0–5", "A executing 5–20"]);
  const queued = traceOfParts(
    [
      activation("a", 0, [[0, 0, 10]]),
      activation("b", 10, [], { from: "a" }),
    ],
    [],
    { lastAt: 25 },
  );
  assertEquals(told(criticalPath(queued)), ["A executing 0–10", "B queued 10–25"]);
  const delayed = traceOfParts(
    [
      activation("a", 0, [[0, 0, 10, "retried"]], {
        endedAt: undefined,
        outcome: "queued",
        readyAt: 20,
      }),
    ],
    [],
    { lastAt: 25 },
  );
  assertEquals(told(criticalPath(delayed)), [
    "A executing 0–10",
    "A delayed 10–20",
    "A queued 20–25",
  ]);
  const held = traceOfParts([activation("a", 0, [], { readyAt: 30 })], [], { lastAt: 25 });
  assertEquals(told(criticalPath(held)), ["A delayed 0–25"]);
});

Deno.test("criticalPath() names the failure that stopped a job", () => {
  const error = { name: "Error", message: "no level" };
  const trace = traceOfParts(
    [
      activation("a", 0, [[0, 0, 10]]),
      activation("b", 10, [[10, 11, 50, "failed"]], { from: "a", outcome: "failed", error }),
      activation("c", 10, [], { from: "a", endedAt: 51, outcome: "cancelled" }),
    ],
    [wait("a", 10, 51, { outcome: "dropped" })],
    { status: "failed", error, endedAt: 52, lastAt: 52 },
  );
  assertEquals(told(criticalPath(trace)), [
    "A executing 0–10",
    "B queued 10–11",
    "B executing 11–50",
  ]);
});

Deno.test("criticalPath() ends a cancelled job's path with its queue", () => {
  const trace = traceOfParts(
    [
      activation("a", 0, [[0, 0, 10]]),
      activation("b", 10, [], { from: "a", endedAt: 80, outcome: "cancelled" }),
    ],
    [],
    { status: "cancelled", endedAt: 80, lastAt: 80 },
  );
  assertEquals(told(criticalPath(trace)), ["A executing 0–10", "B queued 10–80"]);
});

Deno.test("criticalPath() begins where a partial stream does", () => {
  const trace = traceOfParts(
    [activation("b", 50, [[50, 52, 60]], { from: "a" })],
    [],
    { isPartial: true },
  );
  assertEquals(told(criticalPath(trace)), ["B queued 50–52", "B executing 52–60"]);
});

Deno.test("criticalPath() is empty without activations", () => {
  assertEquals(criticalPath(traceOfParts([])), []);
});

Deno.test("criticalPath() bounds the number of steps", () => {
  const chain = Array.from(
    { length: 5_000 },
    (_, i) =>
      activation(`a${i}`, i * 2, [[i * 2, i * 2 + 1, i * 2 + 2]], {
        from: i === 0 ? undefined : `a${i - 1}`,
      }),
  );
  const steps = criticalPath(traceOfParts(chain));
  assertEquals([steps.length, steps.at(-1)?.activationId], [1_000, "a4999"]);
  assertContiguous(steps);
  assertEquals(criticalPath(traceOfParts(chain), 3).length, 3);
});

/** A job that ran as jobs do: each activation is queued during or after an execution of an earlier one. */
const JOBS: fc.Arbitrary<JobTrace> = fc.array(
  fc.record({
    from: fc.nat(),
    gap: fc.nat(3),
    isFlushed: fc.boolean(),
    isSignal: fc.integer({ min: 0, max: 3 }),
    tries: fc.array(
      fc.record({
        delay: fc.nat(20),
        queued: fc.nat(20),
        took: fc.nat(40),
        outcome: fc.constantFrom("retried" as const, "lost" as const, "left" as const),
      }),
      { maxLength: 3 },
    ),
    took: fc.option(fc.nat(30)),
  }),
  { minLength: 1, maxLength: 20 },
).map((plans) => {
  const made: TracedActivation[] = [];
  const waits = [];
  for (const [i, { from, gap, isFlushed, isSignal, tries, took }] of plans.entries()) {
    const parents = made.filter(({ endedAt }) => endedAt !== undefined);
    const parent = parents[from % Math.max(1, parents.length)];
    if (i > 0 && parent === undefined) break;
    const end = parent?.attempts.at(-1)?.endedAt ?? 0;
    const start = parent?.attempts.at(-1)?.startedAt ?? 0;
    let at = i === 0 ? 0 : isFlushed ? (start + end) / 2 : end + gap;
    if (i > 0 && isSignal === 0) {
      waits.push(wait(parent?.activationId ?? "", at, at += 25, { waitId: `w${i}` }));
    }
    const queuedAt = at;
    const attempts: Attempted[] = [];
    for (const { delay, queued, took, outcome } of tries) {
      attempts.push([at += delay, at += queued, at += took, outcome]);
    }
    attempts.push([at, at, took === null ? undefined : at + took]);
    made.push(
      activation(`a${i}`, queuedAt, attempts, { from: i === 0 ? undefined : parent?.activationId }),
    );
  }
  const open = made.some(({ endedAt }) => endedAt === undefined);
  const last = Math.max(
    ...made.flatMap(({ attempts }) => attempts.map((each) => each.endedAt ?? each.startedAt)),
  );
  return traceOfParts(made, waits, open ? { lastAt: last + 5 } : {});
});

/** Any numbers in any order, as a stream from outside may hold. */
const ANY_TRACE: fc.Arbitrary<JobTrace> = fc.record({
  times: fc.array(fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.option(fc.nat(99)), fc.nat(5))),
  status: fc.constantFrom("running" as const, "failed" as const, "completed" as const),
  bounds: fc.tuple(fc.nat(50), fc.nat(100)),
}).map(({ times, status, bounds: [createdAt, length] }) =>
  traceOfParts(
    times.map(([queuedAt, readyAt, startedAt, endedAt, from], i) =>
      activation(`a${i}`, queuedAt, [[readyAt, startedAt, endedAt ?? undefined]], {
        from: `a${from}`,
      })
    ),
    times.map(([since, endedAt], i) => wait(`a${i}`, since, endedAt, { waitId: `w${i}` })),
    { status, createdAt, lastAt: createdAt + length, endedAt: createdAt + length },
  )
);

Deno.test("criticalPath() covers a job from its start to its last end", () => {
  fc.assert(fc.property(JOBS, (trace) => {
    const steps = criticalPath(trace);
    assertContiguous(steps);
    const [first, last] = [steps[0], steps.at(-1)];
    assertEquals([first?.startedAt ?? 0, last?.endedAt ?? 0], [0, lastEnd(trace)]);
    assertExecuted(trace, steps);
  }));
});

Deno.test("criticalPath() stays contiguous within any stream", () => {
  fc.assert(fc.property(ANY_TRACE, (trace) => {
    const steps = criticalPath(trace);
    assertContiguous(steps);
    for (const { startedAt, endedAt } of steps) {
      assert(startedAt >= trace.createdAt && endedAt <= (trace.endedAt ?? trace.lastAt));
    }
  }));
});

Deno.test("criticalPath() covers every part of a stream of the engine", () => {
  const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
  const choices = fc.infiniteStream(fc.nat(2 ** 20));
  fc.assert(
    fc.property(plan, choices, fc.nat(), fc.nat(3), (plan, choices, length, cut) => {
      for (const { stream } of driveEngine(plan, choices)) {
        const events = stream.slice(cut, Math.max(cut + 1, length % (stream.length + 1)));
        const trace = traceOf(events);
        if (trace === undefined) continue;
        const steps = criticalPath(trace);
        assertContiguous(steps);
        const end = trace.endedAt ?? trace.lastAt;
        const [first, last] = [steps[0], steps.at(-1)];
        if (first === undefined || last === undefined) continue;
        assert(first.startedAt >= trace.createdAt && last.endedAt <= end);
        if (!trace.isPartial) assertEquals(first.startedAt, trace.createdAt);
        if (trace.status === "running") assertEquals(last.endedAt, lastEnd(trace));
        assertExecuted(trace, steps);
      }
    }),
    engineRuns(200),
  );
});

/** Returns the end of the last activation or wait; that of an open one is the last event. */
function lastEnd({ activations, waits, lastAt }: JobTrace): number {
  return [...activations, ...waits]
    .reduce((last, { endedAt }) => Math.max(last, Math.min(endedAt ?? lastAt, lastAt)), 0);
}

/** Refuses steps that execute while their attempts do not. */
function assertExecuted(trace: JobTrace, steps: readonly PathStep[]): void {
  const known = new Map(trace.activations.map((each) => [each.activationId, each]));
  for (const { kind, activationId, attempt, startedAt, endedAt } of steps) {
    if (kind !== "executing") continue;
    const { attempts = [] } = known.get(activationId) ?? {};
    // A lost attempt is repeated with the same number.
    const spans = attempts.filter((each) => each.attempt === attempt);
    assert(
      spans.some((each) => {
        return each.startedAt <= startedAt && endedAt <= (each.endedAt ?? trace.lastAt);
      }),
      `${activationId} does not execute from ${startedAt} to ${endedAt}: ${JSON.stringify(trace)}`,
    );
  }
}

function assertContiguous(steps: readonly PathStep[]): void {
  for (const [i, { startedAt, endedAt }] of steps.entries()) {
    assert(startedAt <= endedAt, "a step ends before it begins");
    const before = steps[i - 1];
    if (before !== undefined) assertEquals(before.endedAt, startedAt);
  }
}
