// Jobs with limits on real workers, while they are paused, cancelled and stepped through: all of them end.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Flow, type JobState } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { greatestOverlap } from "../laws/spans.ts";
import { workerRuns } from "../laws/runs.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 8, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());

const starts = fc.array(
  fc.record({
    entry: fc.constantFrom("first.parcel", "second.parcel", "third.parcel"),
    does: fc.constantFrom<Parcel["does"]>(undefined, "awaits", "fails", "asks", "dies"),
    rank: fc.record({
      priority: fc.constantFrom(0, 0, 1),
      group: fc.constantFrom("a", "b"),
      delay: fc.constantFrom(0, 0, 3),
    }),
    then: fc.constantFrom("nothing", "nothing", "pause", "cancel", "cancelOther", "pauseFlow"),
    turns: fc.nat(3),
  }),
  { minLength: 5, maxLength: 25 },
);
const settings = fc.record(
  {
    maxJobs: fc.constantFrom(Infinity, 1, 2, 5),
    limits: fc.tuple(...Array.from({ length: 3 }, () => fc.constantFrom(Infinity, 1, 2, 3))),
    executionStrategy: fc.constantFrom("concurrent", "concurrent", "sequential"),
  } as const,
);

Deno.test("FlowOptions.maxJobs lets every job end beside limits", async () => {
  const property = fc.asyncProperty(settings, starts, async (settings, starts) => {
    const { maxJobs, limits: [one, two, three], executionStrategy } = settings;
    const onError = { strategy: "retry", maxRetries: 2, delay: 1 } as const;
    await using flow = new Flow({ pool, concurrency: 8, maxJobs, executionStrategy })
      .add("first", first, { concurrency: one! })
      .add("second", second, { concurrency: two!, onError })
      .add("third", third, { concurrency: three! })
      .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
    const jobs: JobState[] = [];
    for (const { entry, does, rank, then, turns } of starts) {
      const job = flow.start(entry, { marks: [], ...does && { does } }, rank);
      jobs.push(job);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve));
      if (then === "pause") flow.pause(job);
      if (then === "cancel") flow.cancel(job);
      if (then === "cancelOther") flow.cancel(jobs[turns % jobs.length]!);
      if (then === "pauseFlow") flow.pause(), await flow.flush(), flow.resume();
    }
    for (const job of jobs) flow.resume(job);
    await Promise.all(jobs.map((job) => job.waitForCompletion({ timeout: 30_000 })));
    assert(jobs.every(({ status }) => status === "completed" || status === "cancelled"));
    for (const [routineId, most] of [["first", one], ["second", two], ["third", three]] as const) {
      const spans = jobs.flatMap(({ spans }) => spans).filter((span) =>
        span.routineId === routineId
      );
      const overlap = greatestOverlap(spans);
      assert(overlap <= most!, `${overlap} of "${routineId}"`);
    }
    // Nothing is left of them.
    const after = (["first", "second", "third"] as const).map((id) =>
      flow.execute(`${id}.parcel`, { marks: [] })
    );
    assertEquals(
      (await Promise.all(after)).map(({ status }) => status),
      Array(3).fill("completed"),
    );
  });
  await fc.assert(property, workerRuns(8));
});
