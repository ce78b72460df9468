// Jobs with limits on real workers, while they are paused, cancelled and stepped through: all of them end.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type AddOptions, Flow, type JobState, type LimitBy, type Rate } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { greatestOverlap } from "../laws/spans.ts";
import { assertRate } from "../laws/starts.ts";
import { workerRuns } from "../laws/runs.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 8, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());

const starts = fc.boolean().chain((isLossy) =>
  fc.array(
    fc.record({
      entry: fc.constantFrom("first.parcel", "second.parcel", "third.parcel"),
      does: fc.constantFrom<Parcel["does"]>(
        undefined,
        "awaits",
        "fails",
        "asks",
        isLossy ? "dies" : "asks",
      ),
      rank: fc.record({
        priority: fc.constantFrom(0, 0, 1),
        group: fc.constantFrom("a", "b"),
        delay: fc.constantFrom(0, 0, 3),
      }),
      key: fc.constantFrom("x", "x", "y", "z"),
      then: fc.constantFrom("nothing", "nothing", "pause", "cancel", "cancelOther", "pauseFlow"),
      turns: fc.nat(3),
    }),
    { minLength: 5, maxLength: 25 },
  )
);
/** The key of a parcel: its first mark, which stays. */
function keyOf(payload: unknown): string {
  return (payload as Parcel).marks[0] ?? "";
}

const settings = fc.record(
  {
    maxJobs: fc.constantFrom(Infinity, 1, 2, 5),
    limits: fc.tuple(
      ...Array.from({ length: 3 }, () =>
        fc.record({
          concurrency: fc.constantFrom(Infinity, 1, 2, 3),
          rate: fc.constantFrom<Rate | undefined>(undefined, undefined, { limit: 3, per: 12 }),
          limitBy: fc.constantFrom<LimitBy | undefined>(undefined, keyOf),
        })),
    ),
    executionStrategy: fc.constantFrom("concurrent", "concurrent", "sequential"),
  } as const,
);

Deno.test("FlowOptions.maxJobs lets every job end beside limits", async () => {
  const property = fc.asyncProperty(settings, starts, async (settings, starts) => {
    const { maxJobs, limits: [one, two, three], executionStrategy } = settings;
    const all = [["first", one!], ["second", two!], ["third", three!]] as const;
    const onError = { strategy: "retry", maxRetries: 2, delay: 1 } as const;
    await using flow = new Flow({ pool, concurrency: 8, maxJobs, executionStrategy })
      .add("first", first, optionsOf(one!))
      .add("second", second, { ...optionsOf(two!), onError })
      .add("third", third, optionsOf(three!))
      .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
    const jobs: JobState[] = [];
    const keys = new Map<string, string>();
    const isLossy = starts.some(({ does }) => does === "dies");
    for (const { entry, does, key, rank, then, turns } of starts) {
      const job = flow.start(entry, { marks: [key], ...does && { does } }, rank);
      keys.set(job.jobId, key);
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
    for (const [routineId, { concurrency, rate, limitBy }] of all) {
      const spans = jobs.flatMap((job) => job.spans.map((span) => ({ ...span, jobId: job.jobId })))
        .filter((span) => span.routineId === routineId);
      for (const own of Map.groupBy(spans, ({ jobId }) => limitBy && keys.get(jobId)).values()) {
        const overlap = greatestOverlap(own);
        assert(overlap <= concurrency, `${overlap} of "${routineId}"`);
        // What a lost worker executed is executed again at once.
        if (rate !== undefined && !isLossy) assertRate(own, rate);
      }
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

/** Returns the options of a routine, without a `limitBy` that would limit nothing. */
function optionsOf(
  { concurrency, rate, limitBy }: {
    readonly concurrency: number;
    readonly rate: Rate | undefined;
    readonly limitBy: LimitBy | undefined;
  },
): Pick<AddOptions<object>, "concurrency" | "rate" | "limitBy"> {
  return { concurrency, ...rate && { rate }, ...limitBy && { limitBy } };
}
