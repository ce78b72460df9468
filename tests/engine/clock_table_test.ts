// The table of docs/timeouts.md, a case for each of its cells: how a clock that began before a way of
// waiting runs out afterwards. `runTimeout` is not in the state of a job; tests/flow/stopped_clocks_test.ts
// has its cells.

import { assert, assertEquals } from "@std/assert";
import { apply } from "../../src/engine/apply.ts";
import { decide } from "../../src/engine/decide.ts";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import { Bench, effects, emits } from "./harness.ts";

const TEXT = await Deno.readTextFile(new URL("../../docs/timeouts.md", import.meta.url));

/** The time that each clock counts, and that each wait takes. */
const TIMEOUT = 10_000, WAIT = 1_000;

const WAYS = ["delayed", "held", "paused", "halted", "no process"] as const;
type Way = typeof WAYS[number];

/** A job in which a clock counts, and when that runs out. */
interface Counting {
  readonly bench: Bench;
  readonly job: Job;
  readonly runsOut: () => number;
}

/** Puts the first activation of a job into its queue: after a delay, after a hold, or at once. */
function queued(way: Way, base: (live: LiveActivation) => number): Counting {
  const bench = new Bench();
  const delayed = way === "delayed" ? bench.time + 1 + WAIT : undefined;
  const job = bench.start("j", 1, delayed);
  let id = "j/1";
  if (way === "held") {
    const [emit] = emits(1).emits;
    const held = { ...emit!, when: "resumed" } as const;
    bench.complete(job, bench.take(), effects({ emits: [held] }));
    id = "j/2";
  }
  return { bench, job, runsOut: () => base(job.live.get(id)!) + TIMEOUT };
}

/** A job with a timeout. */
function timed(way: Way): Counting {
  const counting = queued(way, () => 0);
  const { job, bench } = counting;
  // As the flow sets it: from the start, or from when the delay is over.
  job.deadline = (way === "delayed" ? bench.time + WAIT : job.createdAt) + TIMEOUT;
  return { ...counting, runsOut: () => job.deadline ?? 0 };
}

function waiting(): Counting {
  const bench = new Bench();
  const job = bench.start("j");
  const waits = [{ signal: "go", slot: "trigger", timeout: TIMEOUT }];
  bench.complete(job, bench.take(), effects({ waits }));
  return { bench, job, runsOut: () => [...job.waits?.values() ?? []][0]!.since + TIMEOUT };
}

function delayed(): Counting {
  const bench = new Bench();
  const job = bench.start("j", 1, TIMEOUT);
  return { bench, job, runsOut: () => job.live.get("j/1")!.dueAt };
}

function emitted(way: Way): Counting {
  const bench = new Bench();
  const job = bench.start("j");
  const [emit] = emits(1).emits;
  const held = way === "held" ? { when: "resumed" } as const : {};
  const delayed = { ...emit!, delay: TIMEOUT, ...held };
  bench.complete(job, bench.take(), effects({ emits: [delayed] }));
  return { bench, job, runsOut: () => job.live.get("j/2")!.dueAt };
}

function retried(): Counting {
  const onError = { strategy: "retry", delay: TIMEOUT } as const;
  const bench = new Bench({ policies: { source: { onError } } });
  const job = bench.start("j");
  bench.fail(job, bench.take());
  return { bench, job, runsOut: () => job.live.get("j/1")!.dueAt };
}

const CLOCKS: Readonly<Record<string, (way: Way) => Counting>> = {
  "`queueTimeout`": (way) => queued(way, ({ dueAt }) => dueAt),
  "`totalTimeout`": (way) => queued(way, ({ queuedAt }) => queuedAt),
  "`timeout`": timed,
  "`waitFor`": waiting,
  "`delay`": delayed,
  "emit `delay`": emitted,
  "retry `delay`": retried,
};

/** Lets a job wait in one of the ways; the clock of the bench counts one for each command. */
const WAITS: Readonly<Record<Way, (counting: Counting) => void>> = {
  delayed({ bench }) {
    bench.time += WAIT;
  },
  held({ bench, job }) {
    bench.time += WAIT - 1;
    bench.do(job, { type: "resume" });
  },
  paused({ bench, job }) {
    bench.do(job, { type: "pause" });
    bench.time += WAIT - 1;
    bench.do(job, { type: "resume" });
  },
  halted({ bench, job }) {
    bench.time += WAIT - 1;
    bench.do(job, { type: "stall", outage: WAIT });
  },
  "no process"({ bench, job }) {
    bench.time += WAIT - 1;
    bench.do(job, { type: "recover" });
  },
};

/** The rows of the table: the clock, and what it does in each way. */
const rows = TEXT.split("\n").filter((line) => line.startsWith("| ")).slice(2)
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

Deno.test("docs/timeouts.md lists every clock and wait", () => {
  const [head] = TEXT.split("\n").filter((line) => line.startsWith("| clock"));
  assertEquals(head?.split("|").slice(3, -1).map((cell) => cell.trim()), [...WAYS]);
  const clocks = rows.map(([clock]) => clock);
  assertEquals(new Set(clocks), new Set([...Object.keys(CLOCKS), "`runTimeout`"]));
});

for (const [clock = "", _from, ...cells] of rows) {
  const make = CLOCKS[clock];
  if (make === undefined) continue;
  for (const [i, cell] of cells.entries()) {
    const way = WAYS[i]!;
    if (cell === "-") continue;
    Deno.test(`${clock.replaceAll("`", "")} ${cell} (${way})`, () => {
      const begun = make(way);
      // A clock that begins after the wait is held against one that began as the wait did.
      const isAfter = way === "delayed" && !clock.endsWith("`delay`");
      const before = isAfter ? begun.job.createdAt + TIMEOUT : begun.runsOut();
      WAITS[way](begun);
      assert(cell === "runs" || cell === "stopped");
      const moved = begun.runsOut() - before;
      assertEquals(Math.round(moved / WAIT), cell === "runs" ? 0 : 1, `moved by ${moved}`);
    });
  }
}

Deno.test("FlowOptions.countOutages lets all clocks run during outages", () => {
  for (const [clock, make] of Object.entries(CLOCKS)) {
    for (const way of ["halted", "no process"] as const) {
      const { job, runsOut, bench } = make(way);
      const before = runsOut();
      const at = bench.time + WAIT;
      const rules = { ...bench.rules, countsOutages: true };
      const command = way === "halted"
        ? { type: "stall", outage: WAIT } as const
        : { type: "recover" } as const;
      for (const event of decide(job, command, at, rules)) apply(job, event);
      assertEquals(runsOut(), before, `${clock} ${way}`);
    }
  }
});

Deno.test("Policy.totalTimeout runs during execution in a paused job", () => {
  const bench = new Bench({
    policies: { source: { onError: { strategy: "retry", delay: 0 } } },
  });
  const job = bench.start("j");
  bench.take();
  const { queuedAt } = job.live.get("j/1")!;
  bench.do(job, { type: "pause" });
  bench.time += WAIT;
  bench.fail(job, "j/1");
  const failedAt = bench.time;
  bench.time += WAIT;
  bench.do(job, { type: "resume" });
  // Only from then on it waited for the resume.
  assertEquals(job.live.get("j/1")?.queuedAt, queuedAt + bench.time - failedAt);
});

Deno.test("apply() excludes a pause over a recovery once", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const { queuedAt } = job.live.get("j/1")!;
  bench.do(job, { type: "pause" });
  const pausedAt = bench.time;
  bench.time += WAIT;
  bench.do(job, { type: "recover" });
  bench.time += WAIT;
  bench.do(job, { type: "resume" });
  assertEquals(job.live.get("j/1")?.queuedAt, queuedAt + bench.time - pausedAt);
});
