import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { collector } from "../routines/basics.ts";
import { flusher, reporter } from "../routines/context.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { logged } from "./logged.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("a flush makes visible what was done so far, and nothing that comes later", async () => {
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

Deno.test("a failure takes back what came after the last flush, and that alone", async () => {
  await using flow = new Flow({ pool }).add("flusher", flusher);
  const job = await flow.execute("flusher.fails");
  assertEquals([job.status, job.sharedData], ["failed", { flushed: true }]);
});

Deno.test("an activation can flush several times", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("flusher.item", "sink.item");
  const job = await flow.execute("flusher.several");
  assertEquals(job.sharedData, { parts: ["a", "b", "c"], sink: ["a", "b", "c"] });
});

Deno.test("a flush that the handler does not await loses nothing", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("flusher", flusher)
    .add("sink", collector)
    .connect("flusher.item", "sink.item");
  const job = await flow.execute("flusher.notAwaited");
  assertEquals(job.sharedData, { sink: ["flushed", "committed"] });
});

Deno.test("progress is seen at once, while the activation's effects are not", async () => {
  await using flow = new Flow({ pool }).add("reporter", reporter);
  const latches = newLatches();
  const job = flow.start("reporter.work", { latches });
  const told: unknown[] = [];
  for await (const event of flow.events({ jobId: job.jobId })) {
    if (event.type !== "activation_progressed") continue;
    told.push(event.data);
    assertEquals([job.status, job.sharedData], ["running", {}]);
    arrive(latches, RELEASED);
  }
  assertEquals(told, [{ done: 1, of: 2 }, { done: 2, of: 2 }]);
  assertEquals(job.sharedData, { done: 1 });
});

Deno.test("progress stays though the activation fails", async () => {
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
