import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { spansOf } from "../../src/engine/history_of.ts";
import { countsOf, type Job } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { RunModel, type RunMoment } from "../../src/run/run_model.ts";
import type { ActivationCounts } from "../../src/run/run_snapshot.ts";
import { WorkerTallies } from "../../src/run/worker_tallies.ts";
import { Bench, emits } from "../engine/harness.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";
import { rerunOf } from "./rerun_of.ts";

const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
const choices = fc.infiniteStream(fc.nat(2 ** 20));
const NO_GRAPH = { routines: [], connections: [] };
const MOMENT: RunMoment = {
  flowId: "generated",
  status: "running",
  at: 0,
  maxWorkers: undefined,
  concurrency: undefined,
};

Deno.test("RunModel.row() has the counts of the job after each event", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const model = new RunModel({ graph: NO_GRAPH });
    driveEngine(plan, choices, ({ job, events }) => {
      for (const event of events) assert(model.fold(event));
      if (events.length > 0) assertEquals(comparable(model, job), expected(job));
    });
  });
  fc.assert(property, engineRuns(100));
});

Deno.test("RunModel.snapshot() has the sums of its jobs and of its routines", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const model = new RunModel({ graph: NO_GRAPH });
    const jobs = new Map<string, Job>();
    driveEngine(plan, choices, ({ job, events }) => {
      jobs.set(job.jobId, job);
      for (const event of events) model.fold(event);
      const { totals, routines, workers, jobs: statuses, workersBusy } = model.snapshot(MOMENT);
      const { rows } = model.rows({ limit: Infinity });
      assertEquals(totals, sum(rows));
      assertEquals(totals, sum(routines));
      const executing = workers.flatMap(({ executing }) => executing);
      assertEquals(executing.length, totals.executing);
      assertEquals(workersBusy, workers.filter(({ executing }) => executing.length > 0).length);
      assertEquals(Object.values(statuses).reduce((a, b) => a + b), rows.length);
    });
  });
  fc.assert(property, engineRuns(50));
});

Deno.test("RunModel counts executions and failures that a rerun has taken over in the older job alone", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, choice) => {
    for (const { stream } of driveEngine(plan, choices)) {
      const once = rerunOf(plan, stream, choice);
      for (const { job, events, copied } of [once, rerunOf(plan, once.events, choice)]) {
        const model = new RunModel({ graph: NO_GRAPH });
        for (const event of events) assert(model.fold(event));
        assertEquals(comparable(model, job), expected(job));
        const { routines, workers, failures, workersLost, since } = model.snapshot(MOMENT);
        const own = spansOf(events.slice(copied)).length;
        assertEquals(routines.reduce((sum, { executions }) => sum + executions, 0), own);
        assertEquals(workers.reduce((sum, { ended }) => sum + ended, 0), own);
        assertEquals([failures, workersLost, since], [[], 0, job.createdAt]);
      }
    }
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("RunModel.fold() leaves out repeated events and refuses a gap", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, at) => {
    const streams = driveEngine(plan, choices).map(({ stream }) => stream);
    const [whole, repeated] = [0, 1].map(() => new RunModel({ graph: NO_GRAPH })) as [
      RunModel,
      RunModel,
    ];
    for (const event of streams.flat()) whole.fold(event);
    for (const stream of streams) {
      const missing = stream[at % stream.length];
      const rest = stream.slice(stream.indexOf(missing as JobEvent) + 1);
      for (const event of stream.slice(0, at % stream.length)) repeated.fold(event);
      assertEquals(rest.map((event) => repeated.fold(event)), rest.map(() => false));
      for (const event of stream) assert(repeated.fold(event));
      for (const event of stream) assert(repeated.fold(event));
    }
    assertEquals(repeated.snapshot(MOMENT), whole.snapshot(MOMENT));
  });
  fc.assert(property, engineRuns(50));
});

Deno.test("RunModel drops the oldest ended jobs from its list and not from its totals", () => {
  const property = fc.property(plan, choices, fc.nat(3), (plan, choices, maxEndedJobs) => {
    const [bounded, whole] = [{ maxEndedJobs }, {}].map((options) =>
      new RunModel({ graph: NO_GRAPH, ...options })
    ) as [RunModel, RunModel];
    driveEngine(plan, choices, ({ events }) => {
      for (const event of events) {
        bounded.fold(event);
        whole.fold(event);
      }
      assertEquals(bounded.snapshot(MOMENT), whole.snapshot(MOMENT));
      const ended = bounded.rows({ limit: Infinity }).rows.filter(({ endedAt }) =>
        endedAt !== undefined
      );
      assert(ended.length <= maxEndedJobs);
    });
  });
  fc.assert(property, engineRuns(30));
});

Deno.test("RunModel.fold() leaves out the events of jobs that it has dropped from its list", () => {
  const property = fc.property(plan, choices, fc.nat(2), (plan, choices, maxEndedJobs) => {
    const streams = driveEngine(plan, choices).map(({ stream }) => stream);
    const [once, again] = [0, 1].map(() => new RunModel({ graph: NO_GRAPH, maxEndedJobs })) as [
      RunModel,
      RunModel,
    ];
    for (const event of streams.flat()) once.fold(event);
    for (const event of [...streams, ...streams].flat()) again.fold(event, true);
    assertEquals(again.snapshot(MOMENT), once.snapshot(MOMENT));
  });
  fc.assert(property, engineRuns(20));
});

Deno.test("RunModel.fold() begins again with a job that has the id of a deleted one", () => {
  for (const isEnded of [true, false]) {
    const model = new RunModel({ graph: NO_GRAPH, maxEndedJobs: 2 });
    const lives = 5;
    for (let life = 0; life < lives; life++) {
      assert(model.fold(started("job", life)));
      assert(model.fold(started("job", life)));
      if (isEnded || life === lives - 1) {
        const error = { name: "TypeError", message: "no" };
        const event = { jobId: "job", at: life };
        model.fold({ ...event, type: "job_stopping", seq: 2, outcome: "failed", error });
        model.fold({ ...event, type: "job_failed", seq: 3 });
      }
    }
    const { jobs, totals } = model.snapshot(MOMENT);
    const ended = isEnded ? lives : 1;
    assertEquals([jobs.running, jobs.failed], [0, ended]);
    assertEquals([totals.queued, totals.cancelled], [0, ended]);
    assertEquals(model.rows({}).rows.map(({ createdAt }) => createdAt), [lives - 1]);
  }
});

Deno.test("RunModel lists jobs by the times at which they were created, whenever they are folded", () => {
  const model = new RunModel({ graph: NO_GRAPH });
  // Started while the older ones are read from the store.
  for (let i = 20; i < 40; i++) model.fold(started(`job_${i}`, i));
  for (let i = 0; i < 20; i++) model.fold(started(`job_${i}`, i));
  const newest = model.rows({ limit: 3 }).rows.map(({ jobId }) => jobId);
  assertEquals(newest, ["job_39", "job_38", "job_37"]);
  const longest = model.snapshot(MOMENT).longestJobs.map(({ jobId }) => jobId);
  assertEquals(longest, Array.from({ length: 10 }, (_, i) => `job_${i}`));
});

Deno.test("RunModel shows no worker as lost for one of an earlier process", () => {
  const model = new RunModel({ graph: NO_GRAPH });
  const base = { jobId: "job", activationId: "job/0", routineId: "a", slot: "in", attempt: 1 };
  const error = { name: "WorkerLostError", message: "gone" };
  const begun = { ...base, type: "activation_started", workerId: "w1" } as const;
  model.fold(started("job", 0));
  model.fold({ ...begun, seq: 2, at: 1 });
  model.fold({
    ...base,
    type: "activation_retrying",
    seq: 3,
    at: 2,
    error,
    crashed: true,
    dueAt: 2,
  });
  const lost = () => model.snapshot(MOMENT).workers.map(({ isLost }) => isLost);
  assertEquals(lost(), [true]);
  model.fold({ type: "job_recovered", jobId: "job", seq: 4, at: 3 });
  model.fold({ ...begun, seq: 5, at: 4, attempt: 2 });
  assertEquals([lost(), model.snapshot(MOMENT).workersLost], [[false], 1]);
});

Deno.test("RunModel keeps a worker in use among many others that were lost", () => {
  const workers = new WorkerTallies();
  for (let i = 0; i < 1_000; i++) {
    workers.executed("w1", 1);
    workers.crashed(`w${i + 2}`);
  }
  const list = workers.list(new Map());
  assertEquals(list[0], {
    workerId: "w1",
    isLost: false,
    ended: 1_000,
    busy: 1_000,
    executing: [],
  });
  assertEquals([list.length, workers.lost], [256, 1_000]);
});

Deno.test("RunModel.rows() lists pages of matching jobs, newest first", () => {
  const model = new RunModel({ graph: NO_GRAPH });
  for (let i = 0; i < 250; i++) {
    model.fold(started(`job_${i}`, i));
    if (i % 2 === 0) {
      model.fold({
        type: "job_stopping",
        jobId: `job_${i}`,
        seq: 2,
        at: i,
        outcome: "failed",
        error: { name: "TypeError", message: `Bad thing ${i}` },
      });
    }
    if (i % 2 === 0) model.fold({ type: "job_failed", jobId: `job_${i}`, seq: 3, at: i });
  }
  const ids = (query: Parameters<RunModel["rows"]>[0]) =>
    model.rows(query).rows.map(({ jobId }) => jobId);
  assertEquals(model.rows({}).total, 250);
  assertEquals(ids({ limit: 2 }), ["job_249", "job_248"]);
  assertEquals(ids({ limit: 2, offset: 248 }), ["job_1", "job_0"]);
  assertEquals(ids({ status: ["failed"], limit: 1 }), ["job_248"]);
  assertEquals(model.rows({ status: ["running"] }).total, 125);
  assertEquals(ids({ text: "JOB_24", limit: 2 }), ["job_249", "job_248"]);
  assertEquals(ids({ text: "bad thing 24" }), [
    "job_248",
    "job_246",
    "job_244",
    "job_242",
    "job_240",
    "job_24",
  ]);
  assertEquals(model.rows({ text: "absent" }), { total: 0, rows: [] });
});

Deno.test("RunModel.snapshot() groups failures by routine, name and place", () => {
  const model = new RunModel({ graph: NO_GRAPH });
  model.fold(started("job", 0));
  const stack = (line: number) =>
    `TypeError: x\n    at deep (file:///flow.ts:${line}:7)\n    at ext:core:1:1`;
  const fail = (seq: number, error: { message: string; stack?: string }) =>
    model.fold({
      type: "activation_retrying",
      jobId: "job",
      seq,
      at: seq,
      activationId: "job/0",
      routineId: "a",
      slot: "in",
      attempt: seq,
      dueAt: seq,
      error: { name: "TypeError", ...error },
    });
  fail(2, { message: "value 7", stack: stack(3) });
  fail(3, { message: "value 8", stack: stack(3) });
  fail(4, { message: "value 9", stack: stack(4) });
  fail(5, { message: "no 1" });
  fail(6, { message: "no 2" });
  const groups = model.snapshot(MOMENT).failures.map((
    { place, count, message, firstAt, lastAt },
  ) => ({ place, count, message, firstAt, lastAt }));
  assertEquals(groups, [
    { place: undefined, count: 2, message: "no 2", firstAt: 5, lastAt: 6 },
    { place: "file:///flow.ts:3:7", count: 2, message: "value 8", firstAt: 2, lastAt: 3 },
    { place: "file:///flow.ts:4:7", count: 1, message: "value 9", firstAt: 4, lastAt: 4 },
  ]);
});

Deno.test("RunModel.snapshot() estimates no routine behind an open feed", () => {
  const graph = {
    routines: ["source", "link"].map((id) => ({
      routineId: id,
      slots: ["in"],
      events: ["output"],
    })),
    connections: [{ from: "source", event: "output", to: "link", slot: "in" }],
  };
  const model = new RunModel({ graph });
  const bench = new Bench();
  const job = bench.startFed();
  bench.do(job, { type: "feed", payloads: [1, 2] });
  for (let i = 0; i < 3; i++) bench.complete(job, bench.take(), emits(...i < 2 ? [i] : []));
  for (const event of bench.events(job)) model.fold(event);
  const etas = () => model.snapshot({ ...MOMENT, at: 99 }).routines.map(({ eta }) => eta);
  assertEquals(etas(), [undefined, undefined]);
  for (const event of bench.do(job, { type: "endFeed" })) model.fold(event);
  const [, eta] = etas();
  assertGreater(eta ?? 0, 0);
});

Deno.test("RunModel.snapshot() estimates a routine once nothing before it is open", () => {
  const graph = {
    routines: ["a", "b"].map((routineId) => ({ routineId, slots: ["in"], events: ["out"] })),
    connections: [{ from: "a", event: "out", to: "b", slot: "in" }],
  };
  const model = new RunModel({ graph });
  const etas = (at: number) => model.snapshot({ ...MOMENT, at }).routines.map(({ eta }) => eta);
  const base = { jobId: "job", slot: "in", attempt: 1 };
  const queued = [1, 2, 3].map((n) => ({
    activationId: `job/${n}`,
    routineId: "b",
    slot: "in",
    payload: n,
    from: "job/0",
    event: "out",
  }));
  model.fold(started("job", 0));
  model.fold({
    ...base,
    type: "activation_started",
    seq: 2,
    at: 0,
    activationId: "job/0",
    routineId: "a",
    workerId: "w1",
  });
  assertEquals(etas(10), [undefined, undefined]);
  const effects = { emits: [], sharedData: [], sharedLog: [], routineState: undefined };
  model.fold({
    ...base,
    type: "activation_completed",
    seq: 3,
    at: 10,
    activationId: "job/0",
    routineId: "a",
    workerId: "w1",
    startedAt: 0,
    endedAt: 10,
    effects,
    queued,
    unrouted: 0,
  });
  model.fold({
    ...base,
    type: "activation_started",
    seq: 4,
    at: 10,
    activationId: "job/1",
    routineId: "b",
    workerId: "w1",
  });
  model.fold({
    ...base,
    type: "activation_completed",
    seq: 5,
    at: 30,
    activationId: "job/1",
    routineId: "b",
    workerId: "w1",
    startedAt: 10,
    endedAt: 30,
    effects,
    queued: [],
    unrouted: 0,
  });
  const [a, b] = etas(30);
  assertEquals(a, undefined);
  assertAlmostEquals(b ?? 0, 40);
  assertEquals(model.snapshot(MOMENT).connections, [{
    from: "a",
    event: "out",
    to: "b",
    slot: "in",
    delivered: 3,
  }]);
});

function started(jobId: string, at: number): JobEvent {
  const activation = { activationId: `${jobId}/0`, routineId: "a", slot: "in", payload: 1 };
  return { type: "job_started", jobId, seq: 1, at, flowId: "generated", activation };
}

function comparable(model: RunModel, { jobId }: Job) {
  const row = model.row(jobId);
  if (row === undefined) throw new Error(`no row of ${jobId}`);
  const { executingRoutines: _routines, progress: _progress, error: _error, ...rest } = row;
  return rest;
}

function expected(job: Job) {
  const { jobId, status, createdAt, startedAt, endedAt } = job;
  const { queued, executing, completed, failed, skipped, cancelled, retries } = countsOf(job);
  const held = [...job.live.values()].filter(({ state }) => state === "held").length;
  return {
    jobId,
    status,
    createdAt,
    startedAt,
    endedAt,
    queued,
    held,
    executing,
    waiting: job.waits?.size ?? 0,
    completed,
    failed,
    skipped,
    cancelled,
    retried: retries,
  };
}

function sum(parts: readonly ActivationCounts[]): ActivationCounts {
  const total = {
    queued: 0,
    held: 0,
    executing: 0,
    waiting: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    retried: 0,
  };
  for (const part of parts) {
    for (const key of Object.keys(total) as (keyof ActivationCounts)[]) total[key] += part[key];
  }
  return total;
}
