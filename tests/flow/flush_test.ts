import { Flow, type JobState } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { collector } from "../routines/basics.ts";
import { flusher, reporter } from "../routines/context.ts";
import { crowd } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { logged } from "./logged.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("ctx.flush() commits the effects so far", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 })
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("flusher.item", "sink.left");
  const latches = newLatches();
  const job = flow.start("flusher.waits", { latches });
  await nextEvent(flow, "activation_completed", ({ routineId }) => routineId === "sink");
  await reached(latches, ARRIVED);
  assertEquals(job.status, "running");
  assertEquals(job.sharedData, { set: "before", updated: 1, left: "before" });
  assertEquals(logged(job), ["before"]);
  assertEquals(job.routineStates, { flusher: { part: "before" } });

  arrive(latches, RELEASED);
  await job.waitForCompletion();
  assertEquals(job.sharedData, { set: "after", updated: 2, left: "after" });
  assertEquals(logged(job), ["before", "after"]);
  assertEquals(job.routineStates, { flusher: { part: "after" } });
});

Deno.test("ctx.flush() survives the failure of its activation", async () => {
  await using flow = new Flow({ pool }).add("flusher", flusher);
  const job = await flow.execute("flusher.fails");
  assertEquals([job.status, job.sharedData], ["failed", { flushed: true }]);
});

Deno.test("ctx.flush() works several times in one activation", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("flusher.item", "sink.item");
  const job = await flow.execute("flusher.several");
  assertEquals(job.sharedData, { parts: ["a", "b", "c"], sink: ["a", "b", "c"] });
});

Deno.test("ctx.flush() loses nothing when it is not awaited", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("flusher.item", "sink.item");
  const job = await flow.execute("flusher.notAwaited");
  assertEquals(job.sharedData, { sink: ["flushed", "committed"] });
});

for (
  const [what, reason, runTimeout, stop] of [
    ["a timeout", "ActivationTimeoutError", 30, () => {}],
    ["Flow.cancelActivation()", "ActivationCancelledError", Infinity, (flow, { jobId }) => {
      flow.cancelActivation(jobId, `${jobId}/1`);
    }],
    ["Flow.cancel()", "JobCancelledError", Infinity, (flow, job) => flow.cancel(job)],
  ] satisfies [string, string, number, (flow: Flow, job: JobState) => void][]
) {
  Deno.test(`ctx.flush() rejects with the reason after ${what}`, async () => {
    await using flow = new Flow({ pool, onError: "continue" })
      .add("flusher", flusher, { runTimeout })
      .add("sink", collector)
      .connect("flusher.item", "sink.left");
    const latches = newLatches();
    const job = flow.start("flusher.stopped", { latches });
    const events = Array.fromAsync(flow.events({ jobId: job.jobId }));
    await reached(latches, ARRIVED);
    stop(flow, job);
    const reported = (await events).flatMap((event) =>
      event.type === "activation_progressed" ? [event.data] : []
    );
    assertEquals(reported, [reason]);
    assertEquals([job.sharedData, job.counts.known], [{}, 1]);
  });
}

Deno.test("ctx.flush() releases shared data when it is refused", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2, maxQueuedPerJob: 2, onError: "continue" })
    .add("crowd", crowd)
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("crowd.one", "flusher.refused")
    .connect("crowd.other", "flusher.updates")
    .connect("flusher.item", "sink.item");
  const latches = newLatches();
  const job = await flow.execute("crowd.couple", { latches });
  assertEquals([job.status, job.sharedData], ["completed", { updated: 1 }]);
  assertEquals(job.errors.map(({ name }) => name), ["QueueFullError"]);
});

Deno.test("ctx.progress() is visible before the effects", async () => {
  await using flow = new Flow({ pool }).add("reporter", reporter);
  const latches = newLatches();
  const job = flow.start("reporter.work", { latches });
  const reported: unknown[] = [];
  for await (const event of flow.events({ jobId: job.jobId })) {
    if (event.type !== "activation_progressed") continue;
    reported.push(event.data);
    assertEquals([job.status, job.sharedData], ["running", {}]);
    arrive(latches, RELEASED);
  }
  assertEquals(reported, [{ done: 1, of: 2 }, { done: 2, of: 2 }]);
  assertEquals(job.sharedData, { done: 1 });
});

Deno.test("ctx.progress() is reported although the activation fails", async () => {
  await using flow = new Flow({ pool }).add("reporter", reporter);
  const events = flow.events({ jobId: "job_1" });
  flow.start("reporter.fails", undefined, { jobId: "job_1" });
  const kinds = (await Array.fromAsync(events)).map(({ type }) => type);
  assertEquals(kinds, [
    "job_started",
    "activation_started",
    "activation_progressed",
    "activation_failed",
    "job_stopping",
    "job_failed",
  ]);
});
