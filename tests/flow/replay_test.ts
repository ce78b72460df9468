import type { JobState } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { busyFlow } from "./busy_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

const READ = ["sharedData", "sharedLog", "routineStates", "executionHistory", "spans"] as const;

for (
  const [what, start] of [
    ["completed", (flow) => flow.start("scribe.write", undefined, { jobId: "job_1" })],
    ["failed", (flow) => flow.start("thrower.whole", undefined, { jobId: "job_1" })],
    ["cancelled", (flow) => {
      flow.start("scribe.write", undefined, { jobId: "job_1" });
      return flow.cancel("job_1", new Error("why"));
    }],
  ] satisfies [string, (flow: ReturnType<typeof busyFlow>) => JobState][]
) {
  Deno.test(`replay() rebuilds a ${what} job`, async () => {
    await using flow = busyFlow(pool);
    const recorded = Array.fromAsync(flow.events({ jobId: "job_1" }));
    const job = start(flow);
    const replayed = replay(await recorded);
    assertNotStrictEquals(replayed, job);
    assertEquals(replayed.status, what);
    assertEquals(replayed.toJSON(), job.toJSON());
    for (const field of READ) assertEquals<unknown>(replayed[field], job[field]);
    assertStrictEquals(await replayed.waitForCompletion(), replayed);
  });
}

Deno.test("replay() rebuilds a job at any event", async () => {
  await using flow = busyFlow(pool);
  const events = flow.events({ jobId: "job_1" });
  flow.start("emitter.items", ["a", "b"], { jobId: "job_1" });
  const recorded = await Array.fromAsync(events);
  const seen = recorded.map((_, i) => {
    const { status, counts, sharedData } = replay(recorded.slice(0, i + 1));
    return [status, counts.queued, counts.executing, counts.completed, sharedData.sink ?? null];
  });
  assertEquals(seen, [
    ["running", 1, 0, 0, null],
    ["running", 0, 1, 0, null],
    ["running", 2, 0, 1, null],
    ["running", 1, 1, 1, null],
    ["running", 1, 0, 2, ["a"]],
    ["running", 0, 1, 2, ["a"]],
    ["running", 0, 0, 3, ["a", "b"]],
    ["completed", 0, 0, 3, ["a", "b"]],
  ]);
});

Deno.test("replay() throws without the first event", async () => {
  await using flow = busyFlow(pool);
  const events = flow.events({ jobId: "job_1" });
  flow.start("sink.item", 1, { jobId: "job_1" });
  const recorded = await Array.fromAsync(events);
  assertThrows(() => replay([]), TypeError);
  assertThrows(() => replay(recorded.slice(1)), TypeError, "job_started");
});
