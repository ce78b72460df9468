import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { failureView } from "../../src/report/failure_view.ts";
import { jobList } from "../../src/report/job_list.ts";
import { pathView } from "../../src/report/path_view.ts";
import { reportOf } from "../../src/report/report_of.ts";
import { limitView, queueView } from "../../src/report/queue_view.ts";
import { slowestView } from "../../src/report/slowest_view.ts";
import { terminalReport } from "../../src/report/terminal_report.ts";
import { workerView } from "../../src/report/worker_view.ts";
import { writeReport } from "../../src/report/write_report.ts";
import { fibonacci } from "../../examples/fibonacci.ts";
import { anyReport } from "./reports.ts";

const REPORT = anyReport({ name: "step", executions: 4 });

Deno.test("pathView() shows each step with its time and share", () => {
  assertEquals(pathView(REPORT.jobs[0]!, { columns: 80 }), [
    "step  completed  40.0 ms executing, 40.0 ms waiting",
    "  step     waits     ··                                       +0.0   5.0 ms   6%",
    "  step     executes    ▐████                                  +5.0  10.0 ms  13%",
    "  step     waits            ···                              +15.0   5.0 ms   6%",
    "  step     executes           ▐████▌                         +20.0  10.0 ms  13%",
    "  step     waits                   ···                       +30.0   5.0 ms   6%",
    "  step     executes                  ▐████▌                  +35.0  10.0 ms  13%",
    "  step #2  delay                          ··········         +45.0  20.0 ms  25%",
    "  step #2  waits                                    ··       +65.0   5.0 ms   6%",
    "  step #2  executes                                   ▐████  +70.0  10.0 ms  13%",
  ]);
});

Deno.test("pathView() joins short steps of a long path", () => {
  const { jobs: [job] } = anyReport({ name: "step", executions: 100 });
  const lines = pathView(job!, { columns: 80 });
  assert(lines.length < 60, `${lines.length} lines`);
  assert(lines.some((line) => /^ {2}… \d+ steps? /.test(line)));
});

Deno.test("workerView() draws a lane per worker", () => {
  assertEquals(workerView(REPORT, { columns: 60 }), [
    "  ms  0           20          40          60            busy",
    "      ┬───────────┬───────────┬───────────┬───────────",
    "step     step━━   step━━   step╌╌               step━━  100%",
    "         step━━   step━━   step╌╌               step━━",
  ]);
});

Deno.test("workerView() shades what has no room for bars", () => {
  const lines = workerView(anyReport({ name: "step", executions: 300 }), { columns: 60 });
  assertMatch(lines[2] ?? "", /^step {2}[░▒▓█]{40,} +\d+%$/);
});

Deno.test("failureView() groups failures with their place", () => {
  assertEquals(failureView(REPORT, { columns: 80 }), [
    "2×  step  step: step",
    "    at file:///step.ts:3:9",
    "    last +65.0 in step2",
  ]);
  assertEquals(failureView(REPORT, { columns: 24 }), [
    "2×  step",
    "    step: step",
    "    at …e:///step.ts:3:9",
    "    last +65.0 in step2",
  ]);
  const whole = anyReport({ name: "step", executions: 1 });
  assertEquals(failureView(whole), ["No attempt failed."]);
});

Deno.test("slowestView() lists executions with their jobs", () => {
  assertEquals(slowestView(REPORT, { columns: 80 }).slice(0, 2), [
    "10.0 ms  step     step    +5.0  step",
    "10.0 ms  step     step   +20.0  step",
  ]);
});

Deno.test("jobList() shows status and duration and error", () => {
  assertEquals(jobList(REPORT.jobs, { columns: 80 }, REPORT.at), [
    "step   completed  80.0 ms  3 of 3 done  1 retried",
    "step2  failed     80.0 ms  3 of 3 done  1 retried  step: step",
  ]);
});

Deno.test("terminalReport() has a section for each part", () => {
  const titles = (lines: readonly string[]) =>
    lines.flatMap((line) => /^(\S.*?) ─+$/.exec(line)?.[1] ?? []);
  const parts = ["Summary", "Graph", "Jobs", "Timeline", "Workers"];
  assertEquals(titles(terminalReport(REPORT)), [
    ...parts,
    "Critical paths of the longest jobs",
    "Slowest executions",
    "Queue times",
    "Failures",
  ]);
  assertEquals(titles(terminalReport(anyReport({ name: "step", executions: 1 }))), [
    ...parts,
    "Critical paths of the longest jobs",
    "Slowest executions",
    "Queue times",
  ]);
});

Deno.test("terminalReport() is short without executions", async () => {
  await using flow = new Flow({ id: "idle" }).add("fibonacci", fibonacci);
  const lines = terminalReport(reportOf(flow), { columns: 40 });
  assertMatch(lines[0] ?? "", /^idle {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assertEquals(lines.slice(-5), [
    "Graph ──────────────────────────────────",
    "  ●  fibonacci  0 done",
    "",
    "Jobs ───────────────────────────────────",
    "  There are no jobs.",
  ]);
});

Deno.test("terminalReport() counts the jobs that it leaves out", () => {
  const lines = terminalReport({ ...REPORT, omittedJobs: 7 });
  assert(lines.includes("  and 7 more jobs"));
});

Deno.test("terminalReport() refuses an invalid option", () => {
  assertThrows(() => terminalReport(REPORT, { columns: 5 }), InvalidOptionError, "columns");
  assertThrows(
    () => terminalReport(REPORT, { color: "yes" as never }),
    InvalidOptionError,
    "color",
  );
});

Deno.test("writeReport() replaces a file by a page", async () => {
  await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
  await flow.execute("fibonacci.n", 5);
  const path = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(path, "x".repeat(10_000_000));
    await writeReport(flow, path, { maxJobs: 1 });
    const html = await Deno.readTextFile(path);
    assertMatch(html, /^<!doctype html>[^]*"routineId":"fibonacci"[^]*<\/html>\s*$/i);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("queueView() shows how long the attempts of each routine have waited", () => {
  assertEquals(REPORT.queueTimes.map(({ p50: _, p95: __, ...exact }) => exact), [
    { routineId: "step", attempts: 8, max: 5, total: 40 },
  ]);
  const times = { attempts: 8, p50: 4.8, p95: 120.4, max: 250_000, total: 300_000 };
  const queueTimes = [{ ...times, routineId: "fetch" }, { ...times, routineId: "parse", max: 1 }];
  assertEquals(queueView({ queueTimes }, { columns: 80 }), [
    "fetch  8 attempts  p50 4.8 ms  p95 120.4 ms  max 4m 10s",
    "parse  8 attempts  p50 4.8 ms  p95 120.4 ms  max 1.0 ms",
  ]);
  assertEquals(
    queueView({ queueTimes }, { columns: 60 })[0],
    "fetch  p50 4.8 ms  p95 120.4 ms  max 4m 10s",
  );
});

Deno.test("limitView() shows the limits for which activations wait at the time of a report", () => {
  const { snapshot, at } = REPORT;
  const limit = { key: "a.org", executing: 1, waiting: 2, starts: 4, nextAt: at + 400 };
  const waits = { limited: 2, delayed: 1, keys: 1, limits: [limit] };
  const routines = snapshot.routines.map((routine) => ({ ...routine, waits }));
  const report = { ...REPORT, snapshot: { ...snapshot, routines } };
  const line = "step  2 for rate of a.org, next in 0.4 s; 1 delayed";
  assertEquals(limitView(report, { columns: 80 }), [line]);
  assert(terminalReport(report, { columns: 80 }).includes(`  ${line}`));
  assertEquals(limitView(REPORT), []);
});

Deno.test("jobList() shows what an unfinished job waits for", () => {
  const [job] = REPORT.jobs;
  const waits = [{ reason: "signal", routineId: "step", count: 1, signal: "approve" }] as const;
  const row = { ...job!.row, status: "running", error: undefined, waits } as const;
  assertEquals(jobList([{ ...job!, row }], { columns: 80 }, REPORT.at), [
    "step  running  80.0 ms  3 of 3 done  1 retried  waits for signal approve",
  ]);
});
