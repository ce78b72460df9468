import { Flow, type JobState } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { collector, emitter, picky } from "../routines/basics.ts";
import { crowd, gate } from "../routines/gates.ts";
import {
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  PEAK,
  reached,
  RELEASED,
  RUNNING,
} from "../routines/latches.ts";
import { until } from "../pool/until.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool(3);

Deno.test("FlowOptions.executionStrategy limits sequential flows to one activation", async () => {
  await using flow = new Flow({ pool, executionStrategy: "sequential" }).add("gate", gate);
  const latches = newLatches();
  const jobs = [1, 2, 3, 4].map(() => flow.start("gate.hold", { latches }));
  for (let turn = 1; turn <= jobs.length; turn++) {
    await reached(latches, ARRIVED, turn);
    assertEquals(countOf(latches, RUNNING), 1);
    arrive(latches, RELEASED);
  }
  await ended(jobs);
  assertEquals(countOf(latches, PEAK), 1);
});

Deno.test("FlowOptions.executionStrategy preserves the order of the queue", async () => {
  await using flow = new Flow({ pool, executionStrategy: "sequential" })
    .add("emitter", emitter)
    .add("a", collector)
    .add("b", collector)
    .connect("emitter.item", "a.item")
    .connect("emitter.item", "b.item");
  const { sharedData, spans } = await flow.execute("emitter.items", [1, 2, 3]);
  assertEquals(sharedData, { a: [1, 2, 3], b: [1, 2, 3] });
  const executed = spans.map(({ routineId }) => routineId);
  assertEquals(executed, ["emitter", "a", "b", "a", "b", "a", "b"]);
});

Deno.test("FlowOptions.maxWorkers bounds concurrent activations", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 }).add("gate", gate);
  const latches = newLatches();
  const jobs = [1, 2, 3, 4, 5].map(() => flow.start("gate.hold", { latches }));
  for (let turn = 2; turn <= jobs.length; turn++) {
    await reached(latches, ARRIVED, turn); // before the first is released: two at once
    assertEquals(countOf(latches, RUNNING), 2);
    arrive(latches, RELEASED);
  }
  arrive(latches, RELEASED);
  await ended(jobs);
  assertEquals(countOf(latches, PEAK), 2);
});

Deno.test("Flow executes activations of one job concurrently", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 })
    .add("crowd", crowd)
    .add("gate", gate)
    .connect("crowd.member", "gate.hold");
  const latches = newLatches();
  const job = flow.start("crowd.of", { latches, size: 3 });
  await reached(latches, ARRIVED, 2);
  await until(() => job.executing.length === 2);
  assertEquals(job.executing.map(({ routineId }) => routineId), ["gate", "gate"]);
  assertEquals(new Set(job.executing.map(({ workerId }) => workerId)).size, 2);
  arrive(latches, RELEASED, 3);
  await ended([job]);
  assertEquals(countOf(latches, PEAK), 2);
});

Deno.test("FlowOptions.maxWorkers defaults to the pool or machine", () => {
  assertEquals(new Flow({ pool }).maxWorkers, 3);
  assertEquals(new Flow().maxWorkers, navigator.hardwareConcurrency);
  assertEquals(new Flow().executionStrategy, "concurrent");
});

async function ended(jobs: readonly JobState[]): Promise<void> {
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ status }) => status), jobs.map(() => "completed"));
}

for (const delay of [0, 20]) {
  Deno.test(`FlowOptions.executionStrategy preserves order over retries after ${delay} ms`, async () => {
    await using flow = new Flow({ pool, executionStrategy: "sequential" })
      .add("emitter", emitter)
      .add("picky", picky, { onError: { strategy: "retry", delay } })
      .connect("emitter.item", "picky.item");
    const { sharedLog, counts } = await flow.execute("emitter.items", [1, 2, 3, 4, 5, 6]);
    assertEquals(sharedLog.map(({ data }) => data), [1, 2, 3, 4, 5, 6]);
    assertEquals(counts.retries, 4);
  });
}
