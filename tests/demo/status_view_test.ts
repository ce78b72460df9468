import { assertEquals } from "@std/assert";
import type { JobCounts } from "@millrace/flow";
import { StatusView, type Watched } from "../../examples/concurrent_demo/progress.ts";
import { fakeCounts, fakeJob, plain } from "./fake_jobs.ts";

const NOW = 10_000;

Deno.test("StatusView.line() labels each number", () => {
  const job = {
    ...executing("job_1"),
    executionHistory: fakeJob("job_1", ["w1", 0, 1]).executionHistory,
  };
  const [line] = plain([viewOf(job).line(job, NOW)]);
  assertEquals(
    line,
    "job_1  running    stage on w2         done   1 of 2  history       3  log   1  elapsed   2.5 s",
  );
});

Deno.test("StatusView.block() prints a table of jobs", () => {
  const jobs = [executing("job_1"), waiting("job_2"), ended("job_3")];
  assertEquals(block(jobs, 4), [
    "job    status     executing               done  history  log  elapsed",
    "job_1  running    stage on w2           1 of 2        0    1    2.5 s",
    "job_2  running    waits for a worker    0 of 1        0    0    2.5 s",
    "job_3  completed  –                     2 of 2        0    2    2.0 s",
  ]);
});

Deno.test("StatusView.block() prefers executing jobs and counts the rest", () => {
  const jobs = [ended("j1"), ended("j2"), waiting("j3"), executing("j4"), waiting("j5")];
  const lines = block(jobs, 4);
  assertEquals(lines.map((line) => line.slice(0, 2)), ["jo", "j3", "j4", "an"]);
  assertEquals(lines.at(-1), "and 3 more jobs: 2 completed, 1 running");
});

Deno.test("StatusView.block() never exceeds the given rows", () => {
  const jobs = [ended("j1"), waiting("j2"), executing("j3")];
  for (const rows of [0, 1, 2, 3]) assertEquals(block(jobs, rows).length, rows);
});

Deno.test("StatusView.total() summarizes all jobs in one line", () => {
  const jobs = [ended("j1"), waiting("j2"), executing("j3")];
  assertEquals(
    plain([viewOf(...jobs).total(jobs, 1234)]),
    ["1.2 s  3 jobs: 1 completed, 2 running; 1 executing, 3 of 5 done"],
  );
});

function viewOf(...jobs: Watched[]): StatusView {
  return new StatusView(jobs.map(({ jobId }) => jobId), ["stage"]);
}

function block(jobs: Watched[], rows: number): string[] {
  return plain(viewOf(...jobs).block(jobs, rows, NOW));
}

function running(jobId: string, counts: Partial<JobCounts>): Watched {
  return {
    jobId,
    status: "running",
    executing: [],
    counts: fakeCounts(counts),
    executionHistory: [],
    startedAt: NOW - 2_500,
    endedAt: undefined,
  };
}

function waiting(jobId: string): Watched {
  return running(jobId, { queued: 1 });
}

function executing(jobId: string): Watched {
  const activation = { activationId: `${jobId}/2`, routineId: "stage", slot: "in", attempt: 1 };
  return {
    ...running(jobId, { executing: 1, completed: 1, known: 2, logEntries: 1 }),
    executing: [{ ...activation, workerId: "w2" }],
  };
}

function ended(jobId: string): Watched {
  return {
    ...running(jobId, { completed: 2, known: 2, logEntries: 2 }),
    status: "completed",
    endedAt: NOW - 500,
  };
}
