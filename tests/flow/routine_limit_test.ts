// The limit on the activations of one routine that execute at once.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow, type JobState, type Span } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { greatestOverlap } from "../laws/spans.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 8, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());
const SLOW: Parcel = { marks: [], does: "awaits" };

Deno.test("AddOptions.concurrency limits the activations of a routine, over all jobs", async () => {
  await using flow = limited(2);
  const jobs = Array.from({ length: 12 }, () => flow.start("second.parcel", SLOW));
  const quick = flow.start("third.parcel", { marks: [] });
  await Promise.all([...jobs, quick].map((job) => job.waitForCompletion()));
  const spans = spansOf(jobs, "second");
  assertEquals([spans.length, greatestOverlap(spans)], [12, 2]);
  // Another routine does not wait for them.
  const before = spans.filter(({ endedAt }) => endedAt < (quick.spans[0]?.startedAt ?? 0));
  assert(before.length < 6, `${before.length} of the others had ended first`);
});

Deno.test("AddOptions.concurrency of 1 executes the activations of a job in their order", async () => {
  await using flow = limited(1);
  const jobs = Array.from({ length: 6 }, () => flow.start("first.parcel", SLOW));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(greatestOverlap(spansOf(jobs, "second")), 1);
  assertEquals(jobs.map(({ counts }) => counts.completed), jobs.map(() => 3));
});

Deno.test("AddOptions.concurrency reserves no place for jobs that are paused or cancelled", async () => {
  await using flow = limited(1);
  const jobs = Array.from({ length: 8 }, () => flow.start("second.parcel", SLOW));
  const [one, paused, cancelled, ...others] = jobs as [JobState, JobState, JobState, ...JobState[]];
  flow.pause(paused);
  flow.cancel(cancelled);
  await Promise.all([one, cancelled, ...others].map((job) => job.waitForCompletion()));
  assertEquals(paused.status, "paused");
  flow.resume(paused);
  await paused.waitForCompletion();
  assertEquals(jobs.map(({ status }) => status), [
    "completed",
    "completed",
    "cancelled",
    ...others.map(() => "completed"),
  ]);
});

Deno.test("AddOptions.concurrency gives the place of a failed attempt to another one", async () => {
  await using flow = limited(1);
  const jobs = Array.from(
    { length: 5 },
    () => flow.start("second.parcel", { marks: [], does: "fails" }),
  );
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(
    jobs.map(({ status, counts }) => [status, counts.retries]),
    jobs.map(() => ["completed", 1]),
  );
  assertEquals(greatestOverlap(spansOf(jobs, "second")), 1);
});

Deno.test("AddOptions.concurrency refuses a value that is no limit", () => {
  for (const concurrency of [0, 1.5, -1, NaN, "2", null] as number[]) {
    assertThrows(
      () => new Flow().add("third", third, { concurrency }),
      InvalidOptionError,
      "concurrency",
    );
  }
  new Flow().add("third", third, { concurrency: Infinity });
});

function limited(concurrency: number) {
  const onError = { strategy: "retry", maxRetries: 2, delay: 1 } as const;
  return new Flow({ pool, concurrency: 8 })
    .add("first", first).add("second", second, { concurrency, onError }).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

function spansOf(jobs: readonly JobState[], routineId: string): Span[] {
  return jobs.flatMap(({ spans }) => spans).filter((span) => span.routineId === routineId);
}
