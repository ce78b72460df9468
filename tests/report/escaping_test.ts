// The names of jobs, routines and errors, and their contents, can come from anywhere: a terminal must not obey them.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import type { ExecutionRecord } from "@millrace/flow";
import { failureView } from "../../src/report/failure_view.ts";
import { graphView } from "../../src/report/graph_view.ts";
import { jobList } from "../../src/report/job_list.ts";
import { jobView, type ShownJob } from "../../src/report/job_view.ts";
import { pathView } from "../../src/report/path_view.ts";
import type { RunReport } from "../../src/report/run_report.ts";
import { queueView } from "../../src/report/queue_view.ts";
import { slowestView } from "../../src/report/slowest_view.ts";
import { terminalReport } from "../../src/report/terminal_report.ts";
import { timelineView } from "../../src/report/timeline_view.ts";
import { workerView } from "../../src/report/worker_view.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { widthOf } from "../../src/terminal/width_of.ts";
import { anyReport, EVIL } from "./reports.ts";

// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Refuses lines that a terminal would obey, or that do not show the text. */
function assertShown(lines: readonly string[]): void {
  for (const line of lines) assertEquals(OBEYED.test(line), false, JSON.stringify(line));
  assertStringIncludes(lines.join("\n"), "a\\u001b[2J\\u001b]0;title");
}

const EVIL_JOB: ShownJob = {
  jobId: EVIL,
  status: "failed",
  error: Object.assign(new Error(EVIL), { name: EVIL }),
  createdAt: 0,
  endedAt: 10,
  executionHistory: (["queued", "started", "emitted", "failed", "waiting"] as const).map(
    (event): ExecutionRecord => ({
      ...{ routineId: EVIL, slot: EVIL, activationId: EVIL, attempt: 1, event, timestamp: 0 },
      workerId: EVIL,
      data: { event: EVIL, error: EVIL, ...event === "waiting" && { waitId: EVIL, signal: EVIL } },
    }),
  ),
  sharedData: { [EVIL]: EVIL, report: { [EVIL]: EVIL, list: [EVIL], deep: { [EVIL]: 1 } } },
  sharedLog: [{ timestamp: 0, routineId: EVIL, activationId: EVIL, data: { [EVIL]: EVIL } }],
  routineStates: { [EVIL]: { [EVIL]: EVIL, timestamp: 1 } },
  skipped: [EVIL],
};

Deno.test("jobView() escapes control characters", () => {
  const parts = { [EVIL]: { [EVIL]: EVIL } };
  for (const columns of [10_000, 60, 40]) assertShown(jobView(EVIL_JOB, { columns, parts }));
});

const VIEWS: Record<string, (report: RunReport, columns: number) => string[]> = {
  terminalReport: (report, columns) => terminalReport(report, { columns }),
  timelineView: (report, columns) => timelineView(report, { columns }),
  workerView: (report, columns) => [...workerView(report, { columns }), EVIL_ESCAPED],
  graphView: ({ graph }, columns) => graphView(graph, { columns }),
  failureView: (report, columns) => failureView(report, { columns }),
  slowestView: (report, columns) => slowestView(report, { columns }),
  jobList: ({ jobs, at }, columns) => jobList(jobs, { columns }, at),
  queueView: (report, columns) => queueView(report, { columns }),
  pathView: ({ jobs }, columns) => jobs.flatMap((job) => pathView(job, { columns })),
};

const EVIL_ESCAPED = "a\\u001b[2J\\u001b]0;title";

for (const [name, draw] of Object.entries(VIEWS)) {
  Deno.test(`${name}() escapes control characters`, () => {
    for (const executions of [4, 50]) assertShown(draw(anyReport({ name: EVIL, executions }), 300));
  });

  Deno.test(`${name}() fits in any number of columns`, () => {
    const names = [EVIL, "a", "日本語の名前".repeat(9), "x".repeat(1_000_000)];
    for (const text of names) {
      for (const executions of text.length > 1_000 ? [4] : [0, 3, 60]) {
        const report = anyReport({ name: text, executions });
        for (const columns of [20, 40, 80, 120]) {
          for (const line of draw(report, columns)) {
            assert(line === EVIL_ESCAPED || widthOf(line) <= columns, `${columns}: ${line}`);
          }
        }
      }
    }
  });
}

Deno.test("terminalReport() colours nothing but in colour", () => {
  const report = anyReport({ name: "job", executions: 5 });
  const plain = terminalReport(report);
  const colored = terminalReport(report, { color: true });
  assertEquals(plain.filter((line) => line.includes("\u001b")), []);
  // The environment may forbid colours.
  const isColored = new Palette(true).bold("a") !== "a";
  assertEquals(colored.some((line) => line.includes("\u001b[")), isColored);
  assertEquals(colored.map((line) => stripAnsiCode(line).trimEnd()), plain);
});
