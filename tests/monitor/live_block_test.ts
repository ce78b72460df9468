import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LiveBlock } from "../../src/monitor/live_block.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { widthOf } from "../../src/terminal/width_of.ts";
import { busySnapshot, fakeJob, fakeRoutine, fakeSnapshot } from "./fake_snapshot.ts";

// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

function lines(snapshot = busySnapshot(), columns = 80, rows = 16): string[] {
  return new LiveBlock(new Palette(false)).lines(snapshot, { columns, rows });
}

Deno.test("LiveBlock.lines() shows a whole run at 80 columns", () => {
  assertEquals(lines(busySnapshot({ routines: 3, jobs: 4, workers: 4 }), 80, 15), [
    "documents  running  1m 05s  ━━━━━━━━━━─────────  2,418 of 5,000 jobs  eta 1m 12s"
      .replace("2,418", "2,414").replace("━━━━━━━━━━─────────", "━━━━━━━━━──────────"),
    "jobs  120 running  2,400 completed  12 failed  3 pending  1 paused  2 cancelled",
    "work     1,235/s      8 executing    345 queued     17 retried     12 failed",
    "workers      2 of 4 busy  1 lost  w1 0  w2 1  w3 0  w4 1",
    "routine    queued  executing   done  failed  retried     p50     p95    eta",
    "routine_0       0          0  2,400       0        0  0.0 ms  0.0 ms      –",
    "routine_1      13          1  2,399       0        1  3.4 ms   30 ms      –",
    "routine_2      26          2  2,398       0        2   27 ms  240 ms  8.0 s",
    "job    status     time  done  at",
    "job_0  running  1m 05s   0/1  routine_1  ──────────   0%  page 0",
    "job_1  running  1m 05s   1/2  routine_1  ━─────────  10%  page 1",
    "job_2  running  1m 05s   2/3  routine_1  ━━────────  20%  page 2",
    "job_3  running  1m 05s   3/4  routine_1  ━━━───────  30%  page 3",
    "bad_0  failed    9.0 s   1/1  classify   TypeError: no label",
    "bad_1  failed    9.0 s   1/1  classify   TypeError: no label",
  ]);
});

Deno.test("LiveBlock.lines() fits every window", () => {
  for (const id of ["", "日本語の長い名前", "👨\u200d👩\u200d👧"]) {
    for (const isColored of [false, true]) {
      const block = new LiveBlock(new Palette(isColored));
      const snapshot = busySnapshot({ routines: 30, jobs: 10, workers: 64, id });
      for (const columns of [1, 2, 5, 10, 20, 39, 40, 60, 79, 80, 120, 150, 200, 300]) {
        for (const rows of [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 34, 60]) {
          const drawn = block.lines(snapshot, { columns, rows });
          assert(drawn.length <= rows, `${columns}x${rows}: ${drawn.length} lines`);
          const wide = drawn.filter((line) => widthOf(line) > columns);
          assertEquals(wide, [], `${columns}x${rows}`);
        }
      }
    }
  }
});

Deno.test("LiveBlock.lines() fits a run without jobs or routines", () => {
  for (const status of ["running", "paused", "halted", "closed"] as const) {
    const drawn = lines(fakeSnapshot({ status, since: undefined }));
    assertEquals(drawn.length, 4);
    assertStringIncludes(drawn[0] ?? "", status);
  }
});

Deno.test("LiveBlock.lines() escapes all foreign text", () => {
  const id = "a\u001b[2J\u001b]0;title\u0007\u009b8m\u202e\r\n\u2028\u007fz";
  for (const [columns, rows] of [[80, 16], [300, 40], [20, 3], [40, 1]]) {
    for (const line of lines(busySnapshot({ id }), columns, rows)) {
      assertEquals(OBEYED.test(line), false, JSON.stringify(line));
    }
  }
  assertStringIncludes(
    lines(busySnapshot({ id }), 300, 40).join("\n"),
    "a\\u001b[2J\\u001b]0;title",
  );
});

Deno.test("LiveBlock.lines() shows the most active of many routines", () => {
  const routines = Array.from(
    { length: 30 },
    (_, i) => fakeRoutine(`r${i}`, { queued: i === 7 ? 5 : 0, executing: i === 3 ? 9 : 0 }),
  );
  const drawn = lines(fakeSnapshot({ routines }), 80, 7);
  assertEquals(drawn.slice(4).map((line) => line.split("  ")[0]), ["2 of 30 routines", "r3", "r7"]);
});

Deno.test("LiveBlock.lines() leaves failed jobs a third of the room for jobs", () => {
  const { failedJobs } = busySnapshot();
  const longestJobs = Array.from({ length: 10 }, (_, i) => fakeJob(`job_${i}`));
  const drawn = lines(fakeSnapshot({ longestJobs, failedJobs }), 80, 11).slice(5);
  assertEquals(drawn.map((line) => line.slice(0, 5)), [
    "job_0",
    "job_1",
    "job_2",
    "job_3",
    "bad_0",
    "bad_1",
  ]);
  const only = lines(fakeSnapshot({ failedJobs }), 80, 11).slice(5);
  assertEquals(only.map((line) => line.slice(0, 5)), ["bad_0", "bad_1", "bad_2"]);
});

Deno.test("LiveBlock.lines() describes a job between its activations and before a retry", () => {
  const error = { routineId: "parse", name: "RangeError", message: "try again" };
  const longestJobs = [
    fakeJob("a", { waiting: 1 }),
    fakeJob("b", { queued: 1, error }),
    fakeJob("c", { executing: 2, executingRoutines: ["parse", "save"] }),
  ];
  const drawn = lines(fakeSnapshot({ longestJobs }), 80, 16).slice(-3);
  assertEquals(drawn.map((line) => line.slice(28).trim().replaceAll(/ {2,}/g, " | ")), [
    "a signal",
    "queue | retry after RangeError: try again",
    "parse +1",
  ]);
});

Deno.test("LiveBlock.lines() keeps its columns in place", () => {
  const block = new LiveBlock(new Palette(false));
  const at = (done: number) => {
    const routines = [fakeRoutine("parse", { completed: done }), fakeRoutine("save")];
    return block.lines(fakeSnapshot({ routines }), { columns: 80, rows: 16 })[4];
  };
  at(1);
  const wide = at(99_999);
  assertEquals(at(3), wide);
});

const WAITS = {
  limited: 14,
  delayed: 3,
  keys: 2,
  limits: [
    { key: "example.org", executing: 2, waiting: 12, starts: 10, nextAt: 65_400 },
    { key: "deno.com", executing: 4, waiting: 2 },
  ],
};

function limitedSnapshot() {
  return fakeSnapshot({
    totals: { ...fakeSnapshot().totals, queued: 17, executing: 6 },
    routines: [
      fakeRoutine("fetch", { queued: 17, executing: 6, completed: 120, waits: WAITS }),
      fakeRoutine("parse", { waits: { limited: 0, delayed: 0, keys: 0, limits: [] } }),
    ],
    longestJobs: [
      fakeJob("a", {
        queued: 2,
        waits: [{
          reason: "rate",
          routineId: "fetch",
          count: 2,
          key: "example.org",
          until: 65_400,
        }],
      }),
      fakeJob("b", {
        status: "pending",
        queued: 1,
        waits: [{ reason: "turn", routineId: "fetch", count: 1 }],
      }),
      fakeJob("c", {
        waiting: 1,
        waits: [{ reason: "signal", routineId: "ask", count: 1, signal: "approve" }],
      }),
      fakeJob("d", {
        queued: 1,
        error: { routineId: "fetch", name: "TypeError", message: "busy" },
        waits: [{ reason: "time", routineId: "fetch", count: 1, until: 70_000 }],
      }),
    ],
  });
}

Deno.test("LiveBlock.lines() shows the limits that activations and jobs wait for", () => {
  assertEquals(lines(limitedSnapshot(), 120, 16).slice(2), [
    "work         0/s      6 executing     17 queued     14 limited      3 delayed",
    "workers      0 of 4 busy",
    "routine  queued  executing  done  failed  retried  p50  p95  eta  waits",
    "fetch        17          6   120       0        0    –    –    –  12 for rate of example.org, next in 0.4 s; 2 for conc…",
    "parse         0          0     0       0        0    –    –    –",
    "job  status     time  done  at",
    "a    running  1m 05s   0/2  queue     waits for 2 × rate of fetch (example.org, next in 0.4 s)",
    "b    pending  1m 05s   0/1  queue     waits for a turn",
    "c    running  1m 05s   0/1  a signal  waits for signal approve",
    "d    running  1m 05s   0/1  queue     retry after TypeError: busy",
  ]);
});

Deno.test("LiveBlock.lines() leaves out other columns before those of waits", () => {
  assertEquals(lines(limitedSnapshot(), 60, 16).slice(4, 7), [
    "routine  queued  executing  done  waits",
    "fetch        17          6   120  12 for rate of example.or…",
    "parse         0          0     0",
  ]);
});

Deno.test("LiveBlock.lines() shows the time of the next start in a window of 80 columns", () => {
  const row = lines(limitedSnapshot(), 80, 16)[5] ?? "";
  assertStringIncludes(row, "12 for rate of example.org, next in ");
});

Deno.test("LiveBlock.lines() escapes the keys of limits and the names of signals", () => {
  const id = "a\u001b[2J\u001b]0;title\u0007\u009b8m\u202e\r\n\u2028\u007fz";
  const limits = [{ key: id, executing: 1, waiting: 3 }];
  const routines = [fakeRoutine("fetch", { waits: { limited: 3, delayed: 0, keys: 1, limits } })];
  const waits = (["rate", "signal"] as const).map((reason) => {
    return { reason, routineId: id, count: 1, ...reason === "rate" ? { key: id } : { signal: id } };
  });
  const snapshot = fakeSnapshot({ routines, longestJobs: [fakeJob("a", { queued: 1, waits })] });
  for (const columns of [300, 80, 20]) {
    for (const line of lines(snapshot, columns, 16)) {
      assertEquals(OBEYED.test(line), false, JSON.stringify(line));
      assert(widthOf(line) <= columns);
    }
  }
  assertStringIncludes(lines(snapshot, 300).join("\n"), "concurrency of a\\u001b[2J");
});
