import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ExecutionRecord } from "@millrace/flow";
import { historyView } from "../../src/report/history_view.ts";
import { jobView, type ShownJob } from "../../src/report/job_view.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { fakeJob } from "../demo/fake_jobs.ts";

const JOB: ShownJob = {
  jobId: "job_1",
  status: "completed",
  error: undefined,
  createdAt: 1000,
  endedAt: 1250,
  executionHistory: [],
  sharedData: {
    late: { level: 61, timestamp: 1200.25 },
    early: { level: 60, timestamp: 1100 },
    plain: 5,
    report: { verdict: "valid", timestamp: 1240 },
  },
  sharedLog: [{ timestamp: 1100, routineId: "first", activationId: "job_1/1", data: "made early" }],
  routineStates: { first: { status: "done", timestamp: 1100 } },
  skipped: [],
};

Deno.test("jobView() sorts entries by their own timestamps", () => {
  assertEquals(view(JOB), [
    "job_1  completed after 250.0 ms  from +0.0 to +250.0",
    "  execution history, 0 records",
    "    none",
    "  shared data",
    "    early   +100.0  00:00:01.100Z  level 60",
    "    late    +200.3  00:00:01.200Z  level 61",
    "    report  +240.0  00:00:01.240Z  verdict valid",
    "    plain                          5",
    "  shared log, 1 entry",
    "    first  +100.0  00:00:01.100Z  made early",
    "  routine states",
    "    first  +100.0  00:00:01.100Z  status done",
    "  final report",
    "    verdict  valid",
  ]);
});

Deno.test("jobView() shows the error of a failed job", () => {
  const lines = view({
    ...JOB,
    status: "failed",
    sharedData: {},
    error: new TypeError("no level"),
  });
  assertEquals(lines[1], "  TypeError: no level");
  assertEquals(lines.slice(-2), ["  final report", "    none"]);
});

Deno.test("jobView() shows a running job's start and skips", () => {
  const lines = view({ ...JOB, status: "running", endedAt: undefined, skipped: ["first"] });
  assertEquals(lines.slice(0, 2), ["job_1  running  since +0.0", "  skipped: first"]);
});

Deno.test("jobView() indents the wrapped lines of a value", () => {
  const note = "one two three four five six seven eight nine ten";
  const lines = view({ ...JOB, sharedData: { note: { note, timestamp: 1100 } } }, 60);
  assertEquals(lines.slice(4, 6), [
    "    note  +100.0  00:00:01.100Z  note one two three four",
    "                                 five six seven eight nine",
  ]);
});

Deno.test("historyView() prints a line per attempt", () => {
  const { executionHistory } = fakeJob("job_1", ["w1", 1000, 1100], ["w2", 1150, 1250]);
  const [first] = executionHistory;
  const emitted: ExecutionRecord = {
    ...first as ExecutionRecord,
    event: "emitted",
    timestamp: 1099,
    attempt: 1,
    data: { event: "out", payload: 1 },
  };
  assertEquals(show([...executionHistory, emitted], 1000), [
    "activation  on  queued  started  emitted      completed",
    "stage1.in   w1    +0.0     +0.0    +99.0 out     +100.0",
    "stage2.in   w2  +150.0   +150.0                  +250.0",
  ]);
});

Deno.test("historyView() marks failed and repeated attempts", () => {
  const { executionHistory } = fakeJob("job_1", ["w1", 1000, 1100, "failed"], ["w1", 1100, 1200]);
  const again = executionHistory.slice(1, 3).map((record) => ({ ...record, attempt: 2 }));
  const text = show([...executionHistory, ...again], 1000).join("\n");
  assertStringIncludes(text, "+100.0  failed\n");
  assertStringIncludes(text, "stage1.in (attempt 2)");
  assertStringIncludes(text, "+200.0  completed\n");
});

Deno.test("historyView() marks retried and skipped failures", () => {
  const { executionHistory } = fakeJob(
    "job_1",
    ["w1", 1000, 1100, "failed"],
    ["w1", 1200, 1300, "failed"],
  );
  const [, , first, , , second] = executionHistory as ExecutionRecord[];
  const then = (record: ExecutionRecord | undefined, event: ExecutionRecord["event"]) => ({
    ...record as ExecutionRecord,
    event,
    timestamp: 1301,
  });
  const history = [...executionHistory, then(first, "retrying"), then(second, "skipped")];
  const [, retried, skipped] = show(history, 1000);
  assertEquals([retried?.endsWith("+100.0  retried"), skipped?.endsWith("+300.0  skipped")], [
    true,
    true,
  ]);
});

function view(job: ShownJob, columns = 100): string[] {
  const parts = { "final report": job.sharedData["report"] };
  return jobView(job, { start: 1000, columns, parts });
}

function show(history: readonly ExecutionRecord[], start: number): string[] {
  return historyView(history, start, 100, new Palette(false));
}
