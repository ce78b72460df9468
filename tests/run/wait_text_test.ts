import { assertEquals } from "@std/assert";
import type { JobWait } from "@millrace/flow";
import type { RoutineWaits } from "../../src/run/run_snapshot.ts";
import {
  limitsText,
  limitText,
  waitSentence,
  waitsText,
  waitTotals,
} from "../../src/run/wait_text.ts";
import { fakeRoutine } from "../monitor/fake_snapshot.ts";

const timeText = (time: number) => `in ${time} ms`;

function wait(reason: JobWait["reason"], more: Partial<JobWait> = {}): JobWait {
  return { reason, routineId: "fetch", count: 1, ...more };
}

/** A wait of each reason, in one line and as a sentence. */
const WAITS: readonly (readonly [wait: JobWait, line: string, sentence: string])[] = [
  [wait("worker"), "", "1 activation waits for a worker"],
  [wait("turn"), "waits for a turn", "1 activation waits for a turn"],
  [wait("resume", { count: 3 }), "waits for a resume", "3 activations wait for a resume"],
  [
    wait("hold"),
    "waits for a reader of its events, or at a breakpoint",
    "1 activation waits for a reader of its events, or at a breakpoint",
  ],
  [
    wait("time", { until: 40, count: 2 }),
    "waits for 2 × delay of fetch (over in 40 ms)",
    "2 activations wait for a delay, over in 40 ms",
  ],
  [
    wait("rate", { until: 40, key: "a.org" }),
    "waits for rate of fetch (a.org, next in 40 ms)",
    "1 activation waits for the rate of a.org, next in 40 ms",
  ],
  [wait("rate"), "waits for rate of fetch", "1 activation waits for the rate"],
  [
    wait("concurrency", { count: 2, key: "" }),
    'waits for 2 × concurrency of fetch ("")',
    '2 activations wait for the concurrency of ""',
  ],
  [
    wait("signal", { signal: "approve", until: 40 }),
    "waits for signal approve",
    "waits for signal approve, timeout in 40 ms",
  ],
];

for (const [one, line, sentence] of WAITS) {
  Deno.test(`waitsText() and waitSentence() describe ${JSON.stringify(one)}`, () => {
    assertEquals([waitsText([one], timeText), waitSentence(one, timeText)], [line, sentence]);
  });
}

Deno.test("waitsText() lists different waits and leaves out those for workers", () => {
  const waits = [wait("worker"), wait("rate", { key: "a" }), wait("turn"), wait("turn")];
  assertEquals(waitsText(waits, timeText), "waits for rate of fetch (a), a turn");
  assertEquals(waitsText([], timeText), "");
  const keys = [["a", 9], ["b", 4], ["c", 6]] as const;
  assertEquals(
    waitsText(keys.map(([key, until]) => wait("rate", { key, until, count: 2 })), timeText),
    "waits for 6 × rate of fetch (a and 2 more, next in 4 ms)",
  );
});

const BUSY: RoutineWaits = {
  limited: 20,
  delayed: 5,
  keys: 9,
  limits: [
    { key: "a.org", executing: 1, waiting: 12, starts: 4, nextAt: 400 },
    { key: "b.org", executing: 4, waiting: 4 },
    { key: "c.org", executing: 4, waiting: 2, starts: 4 },
    { key: "d.org", executing: 1, waiting: 0 },
  ],
};

Deno.test("limitsText() lists the keys for which most activations wait", () => {
  assertEquals(
    limitsText(BUSY, timeText),
    "12 for rate of a.org, next in 400 ms; 4 for concurrency of b.org; 2 for limit of c.org; 2 for other keys; 5 delayed",
  );
  assertEquals(
    limitsText(BUSY, timeText, 1),
    "12 for rate of a.org, next in 400 ms; 8 for other keys; 5 delayed",
  );
  assertEquals(limitsText({ ...BUSY, limited: 0, delayed: 0, limits: [] }, timeText), "");
});

Deno.test("limitText() names the limit of a routine without keys", () => {
  assertEquals(limitText({ key: "", executing: 1, waiting: 1 }, timeText), "concurrency");
});

Deno.test("waitTotals() adds up the waits of all routines", () => {
  const routines = [fakeRoutine("a", { waits: BUSY }), fakeRoutine("b"), fakeRoutine("c")];
  assertEquals(waitTotals({ routines }), { limited: 20, delayed: 5 });
  assertEquals(waitTotals({ routines: routines.slice(1) }), { limited: 0, delayed: 0 });
});
