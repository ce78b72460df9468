import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { ClosedError, InvalidOptionError } from "@millrace/flow/errors";
import { SqliteStore } from "@millrace/flow/sqlite";
import { reportOf } from "../../src/report/report_of.ts";
import { Folder } from "../store/folder.ts";
import { until } from "../pool/until.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { anyReport, EVIL, sourceOf, streamOf } from "./reports.ts";

Deno.test("reportOf() reports the jobs of a flow", async () => {
  await using flow = new Flow({ id: "sums", maxWorkers: 2 })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  await Promise.all(
    [10, 20].map((n) => flow.start("fibonacci.n", n, { jobId: `job_${n}` }).waitForCompletion()),
  );
  const report = reportOf(flow);
  assertEquals(
    [report.version, report.flowId, report.omittedJobs, report.since],
    [1, "sums", 0, undefined],
  );
  assertEquals(report.graph.connections.length, 1);
  assertEquals(report.snapshot.jobs.completed, 2);
  assertEquals(report.snapshot.connections.map(({ delivered }) => delivered), [2]);
  assertEquals([report.snapshot.status, report.figures.limit], ["running", 2]);
  assertEquals(report.figures.executions, 4);
  assertEquals(report.slowest.length, 4);
  for (const [i, jobId] of ["job_10", "job_20"].entries()) {
    const job = report.jobs[i];
    assertEquals([job?.row.jobId, job?.trace.jobId, job?.row.completed], [jobId, jobId, 2]);
    assertEquals(
      job?.criticalPath.filter(({ kind }) => kind === "executing").map(({ routineId }) =>
        routineId
      ),
      ["fibonacci", "total"],
    );
    assertEquals(job?.criticalPath[0]?.startedAt, job?.trace.createdAt);
  }
});

Deno.test("reportOf() shows the state of jobs that go on", async () => {
  await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
  flow.pause();
  const { jobId } = flow.start("fibonacci.n", 5);
  await until(() => reportOf(flow).jobs.length === 1);
  const { at, jobs: [job] } = reportOf(flow);
  assertEquals(job?.trace.lastAt, at);
  assertEquals(job?.criticalPath.map(({ kind, endedAt }) => [kind, endedAt]), [["queued", at]]);
  assertEquals([job?.row.jobId, job?.trace.endedAt, job?.row.endedAt], [
    jobId,
    undefined,
    undefined,
  ]);
  assertEquals(job?.trace.activations.map(({ outcome }) => outcome), ["queued"]);
});

Deno.test("reportOf() is empty for a flow without jobs", async () => {
  await using flow = new Flow().add("fibonacci", fibonacci);
  const { jobs, slowest, figures, snapshot } = reportOf(flow);
  assertEquals([jobs, slowest, snapshot.failures], [[], [], []]);
  const { wall, busy, lowerBound, ratio, executions, maxConcurrent } = figures;
  assertEquals([wall, busy, lowerBound, ratio, executions, maxConcurrent], [
    ...[0, 0, 0],
    undefined,
    ...[0, 0],
  ]);
});

Deno.test("reportOf() reads a source without a flow", () => {
  const source = sourceOf([streamOf("job_1", 3), streamOf("job_2", 2)]);
  const { snapshot, figures, jobs } = reportOf(source);
  assertEquals([snapshot.status, figures.limit, jobs.length], ["recorded", undefined, 2]);
  // Both jobs began together, and the first waited twice.
  assertEquals([figures.busy, figures.chain, figures.lowerBound], [50, 30, 30]);
  assertEquals([figures.wall, figures.maxConcurrent, figures.ratio], [45, 2, 1.5]);
});

Deno.test("reportOf() survives JSON", () => {
  const report = anyReport({ name: EVIL, executions: 9 });
  const copy = JSON.parse(JSON.stringify(report));
  assertEquals(JSON.stringify(copy), JSON.stringify(report));
  assertEquals(copy.jobs.length, 2);
});

Deno.test("reportOf() bounds jobs and counts all of them", () => {
  const streams = Array.from({ length: 50 }, (_, i) => streamOf(`job_${i}`, 1 + i % 5));
  const { jobs, omittedJobs, snapshot, figures } = reportOf(sourceOf(streams), { maxJobs: 8 });
  assertEquals([jobs.length, omittedJobs, snapshot.jobs.completed], [8, 42, 50]);
  assertEquals(figures.executions, 150);
  // The longest and the newest.
  const longest = jobs.filter(({ trace }) => trace.activations.length > 3);
  assert(longest.length >= 6);
  assertEquals(jobs.at(-1)?.row.jobId, "job_49");
  assertEquals(reportOf(sourceOf(streams), { maxJobs: 0 }).omittedJobs, 50);
});

Deno.test("reportOf() bounds activations over all jobs", () => {
  const streams = [3, 300, 3, 3].map((length, i) => streamOf(`job_${i}`, length));
  const { jobs } = reportOf(sourceOf(streams), { maxActivations: 60 });
  const counts = jobs.map(({ trace, omittedActivations }) => [
    trace.activations.length,
    trace.activations.length + omittedActivations,
  ]);
  const [, many] = counts;
  assertEquals([counts[0], counts[2], counts[3]], [[3, 3], [3, 3], [3, 3]]);
  assert(many !== undefined && (many[0] ?? 0) <= 54 && (many[1] ?? 0) > 190, String(counts));
  // The numbers of the job are complete.
  assertEquals(jobs[1]?.row.completed, many?.[1]);
});

Deno.test("reportOf() bounds the texts and errors of a report", () => {
  const message = "x".repeat(1_000_000);
  const report = anyReport({ name: "step", message, executions: 200 });
  assert(JSON.stringify(report).length < 5_000_000);
  const longest = (value: unknown): number =>
    typeof value === "string" ? value.length : Object.values(Object(value)).reduce<number>(
      (most, each) => Math.max(most, longest(each)),
      0,
    );
  assert(longest(report.jobs) < 8_100 && longest(report.snapshot) < 8_100);
  const { trace } = report.jobs[0] ?? {};
  const errors =
    trace?.activations.flatMap(({ attempts }) => attempts.flatMap(({ error }) => error ?? [])) ??
      [];
  assert(errors.length > 50);
  assertEquals(errors.filter(({ stack }) => stack !== undefined).length, 20);
});

Deno.test("reportOf() leaves out executions before a moment", () => {
  const source = sourceOf([streamOf("job_1", 3)]);
  const since = 1_010;
  const { figures, slowest, snapshot } = reportOf(source, { since });
  assertEquals([figures.executions, figures.busy, figures.startedAt], [2, 20, since]);
  assertEquals([figures.wall, figures.chain, slowest.length], [1_045 - since, 20, 2]);
  assertEquals(snapshot.jobs.completed, 1);
});

Deno.test("reportOf() lists the slowest executions in order", () => {
  const long = streamOf("long", 4).map((event) =>
    event.type === "activation_completed" ? { ...event, endedAt: event.endedAt + event.seq } : event
  );
  const { slowest } = reportOf(sourceOf([streamOf("short", 40), long]), { maxSlowest: 3 });
  assertEquals(slowest.map(({ jobId, duration }) => [jobId, duration]), [
    ["long", 19],
    ["long", 15],
    ["long", 13],
  ]);
});

Deno.test("reportOf() refuses an invalid option", async () => {
  await using flow = new Flow();
  assertThrows(() => reportOf(flow, { maxJobs: -1 }), InvalidOptionError, "maxJobs");
  assertThrows(() => reportOf(flow, { since: NaN }), InvalidOptionError, "since");
});

Deno.test("reportOf() refuses a closed flow", async () => {
  const flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
  await flow.execute("fibonacci.n", 5);
  await flow.close();
  assertThrows(() => reportOf(flow), ClosedError, "make a new one");
});

Deno.test("reportOf() reads the journal of an ended program", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const newFlow = (store: SqliteStore) =>
    new Flow({ id: "sums", maxWorkers: 1, store }).add("fibonacci", fibonacci);
  {
    using store = new SqliteStore(path);
    await using flow = newFlow(store);
    await flow.execute("fibonacci.n", 20, { jobId: "job_1" });
  }
  using store = new SqliteStore(path);
  await using flow = newFlow(store);
  const { jobs, slowest, snapshot } = reportOf(flow);
  assertEquals([jobs.length, slowest.length, snapshot.jobs.completed], [1, 1, 1]);
  assertEquals(jobs[0]?.criticalPath.at(-1)?.kind, "executing");
});

Deno.test("reportOf() has the members of an AggregateError, in traces and in failures", () => {
  const [first, begun, ended] = streamOf("job", 1);
  if (ended?.type !== "activation_completed" || begun === undefined || first === undefined) {
    throw new Error("another stream");
  }
  const { jobId, seq, at, activationId, routineId, slot, attempt } = ended;
  const errors = [{ name: "RangeError", message: "the reason" }];
  const error = { name: "AggregateError", message: "all", errors };
  const failed = {
    jobId,
    seq,
    at,
    activationId,
    routineId,
    slot,
    attempt,
    queued: [],
    handled: true,
  };
  const stream = [first, begun, { ...failed, type: "activation_failed", error } as const];
  const { jobs, snapshot } = reportOf(sourceOf([stream]));
  const [activation] = jobs[0]?.trace.activations ?? [];
  assertEquals(activation?.error?.errors?.map(({ message }) => message), ["the reason"]);
  assertEquals(snapshot.failures[0]?.message, "all (RangeError: the reason)");
});

Deno.test("reportOf() contains the present waits of a flow with limits", async () => {
  await using flow = new Flow({ maxWorkers: 1 })
    .add("fibonacci", fibonacci)
    .add("total", total, { rate: { limit: 1, per: 3_600_000 } })
    .connect("fibonacci.result", "total.number");
  await flow.execute("fibonacci.n", 5);
  const job = flow.start("fibonacci.n", 5, { jobId: "limited" });
  await until(() => job.waits[0]?.reason === "rate");
  const { snapshot, jobs, queueTimes } = reportOf(flow);
  assertEquals(snapshot.routines.map(({ waits }) => waits?.limited), [0, 1]);
  assertEquals(jobs.map(({ row }) => row.waits?.map(({ reason }) => reason)), [
    undefined,
    ["rate"],
  ]);
  assertEquals(
    queueTimes.map(({ routineId, attempts }) => [routineId, attempts]).toSorted(),
    [["fibonacci", 2], ["total", 1]],
  );
});
