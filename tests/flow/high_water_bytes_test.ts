// The high-water mark in bytes, as the JobEvents show it.

import { assert, assertEquals } from "@std/assert";
import { Flow, type FlowOptions } from "@millrace/flow";
import type { JobEvent } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import { changeOf } from "../../src/engine/event_table.ts";
import { type Chunks, chunkSink, chunkSource } from "../routines/chunks.ts";
import { Journal } from "../durable/journal.ts";
import type { LooseFlow } from "./loose_flow.ts";

const KB = 1_024;
const MB = 1_024 * KB;

/** A flow in which a source emits chunks to one sink, or several. */
function chunks(options: FlowOptions, sinks = 1) {
  const flow = new Flow({ maxWorkers: 2, ...options })
    .add("source", chunkSource)
    .add("sink0", chunkSink)
    .connect("source.chunk", "sink0.chunk");
  const loose = flow as unknown as LooseFlow;
  for (let i = 1; i < sinks; i++) {
    loose.add(`sink${i}`, chunkSink).connect("source.chunk", `sink${i}.chunk`);
  }
  return flow;
}

/** Follows JobEvents, and finds the most bytes that were queued at a time. */
class Queue {
  most = 0;
  #bytes = 0;
  readonly #sizes = new Map<string, number>();

  constructor(readonly size: number) {}

  add(event: JobEvent): void {
    const { queued = [], begun = "", ended = "" } = changeOf(event);
    for (const { activationId, routineId } of queued) {
      if (!routineId.startsWith("sink")) continue;
      this.#sizes.set(activationId, this.size);
      this.#bytes += this.size;
    }
    for (const id of [begun, ended]) {
      this.#bytes -= this.#sizes.get(id) ?? 0;
      this.#sizes.delete(id);
    }
    this.most = Math.max(this.most, this.#bytes);
  }
}

/** Emits chunks, and returns the most bytes that were queued at a time. */
async function mostQueued(
  flow: ReturnType<typeof chunks>,
  order: Chunks,
  sinks = 1,
): Promise<number> {
  const events = flow.events({ jobId: "job" });
  const job = flow.start("source.emit", order, { jobId: "job" });
  const queue = new Queue(order.size);
  for await (const event of events) queue.add(event);
  assertEquals([job.status, job.error], ["completed", undefined]);
  assertEquals(job.sharedData.bytes, order.count * order.size * sinks);
  return queue.most;
}

Deno.test("FlowOptions.highWaterMark bounds the queued bytes by default", async () => {
  await using flow = chunks({});
  const order = { count: 100, size: 2 * MB };
  const most = await mostQueued(flow, order);
  assert(most <= 64 * MB + order.size, `${most} bytes queued`);
  assert(most >= 64 * MB, `${most} bytes queued, so nothing had to wait`);
});

for (
  const [what, options, order, sinks] of [
    ["less than a payload", { highWaterMark: { bytes: 1 } }, { count: 20, size: 100 * KB }, 1],
    ["some payloads", { highWaterMark: { bytes: 500 * KB } }, { count: 50, size: 100 * KB }, 1],
    ["a sink each", { highWaterMark: { bytes: 500 * KB } }, { count: 30, size: 100 * KB }, 3],
    ["moved", { highWaterMark: { bytes: 500 * KB } }, {
      count: 50,
      size: 100 * KB,
      moves: true,
    }, 1],
    ["concurrent", { highWaterMark: { bytes: 500 * KB }, maxWorkers: 1, concurrency: 4 }, {
      count: 50,
      size: 100 * KB,
    }, 1],
  ] as const
) {
  Deno.test(`HighWaterMark.bytes bounds the queue behind a source (${what})`, async () => {
    await using flow = chunks(options, sinks);
    const most = await mostQueued(flow, order, sinks);
    // Each sink has a copy of what is emitted.
    assert(most <= (options.highWaterMark.bytes + order.size) * sinks, `${most} bytes queued`);
  });
}

Deno.test("HighWaterMark.bytes of Infinity bounds nothing", async () => {
  await using flow = chunks({ highWaterMark: { bytes: Infinity } });
  assertEquals(await mostQueued(flow, { count: 50, size: 2 * KB }), 100 * KB);
});

Deno.test("HighWaterMark.activations holds beside bytes", async () => {
  await using flow = chunks({ highWaterMark: { activations: 10, bytes: 100 * MB } });
  const most = await mostQueued(flow, { count: 200, size: 2 * KB });
  assert(most <= 30 * 2 * KB, `${most} bytes queued`);
});

Deno.test("HighWaterMark.bytes ignores small payloads", async () => {
  await using flow = chunks({ highWaterMark: { bytes: 1 } });
  assertEquals(await mostQueued(flow, { count: 50, size: 1_023 }), 50 * 1_023);
});

Deno.test("HighWaterMark.bytes lets a source finish where only one activation executes", async () => {
  const one = { maxWorkers: 1 };
  for (const options of [one, { executionStrategy: "sequential" as const }]) {
    await using flow = chunks({ ...options, highWaterMark: { bytes: 10 * KB } });
    const order = { count: 20, size: 100 * KB };
    const job = await flow.execute("source.emit", order);
    assertEquals([job.status, job.sharedData.bytes], ["completed", 2_000 * KB]);
  }
});

Deno.test("HighWaterMark.bytes lets emitters end that only they can make room for", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const flows = ["one", "other"].map((id) =>
    chunks({ id, pool, highWaterMark: { bytes: 10 * KB } })
  );
  const order = { count: 30, size: 100 * KB };
  const jobs = await Promise.all(flows.map((flow) => flow.execute("source.emit", order)));
  assertEquals(jobs.map(({ sharedData }) => sharedData.bytes), [3_000 * KB, 3_000 * KB]);
  for (const flow of flows) await flow.close();
});

Deno.test("Flow.cancel() ends a job whose source waits for bytes", async () => {
  await using flow = chunks({ highWaterMark: { bytes: 10 * KB } });
  const job = flow.start("source.emit", { count: 1_000_000, size: 100 * KB });
  for await (const { type } of flow.events()) if (type === "activation_flushed") break;
  flow.cancel(job);
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});

Deno.test("Flow.recover() bounds the queued bytes of a job of another process", async () => {
  using journal = new Journal();
  const order = { count: 40, size: 100 * KB };
  const make = () => chunks({ store: journal.store(), highWaterMark: { bytes: 500 * KB } });
  {
    await using flow = make();
    const events = flow.events();
    flow.start("source.emit", order, { jobId: "job" });
    let flushes = 5;
    for await (const { type } of events) {
      if (type === "activation_flushed" && --flushes === 0) break;
    }
    await flow.close({ jobs: "keep" });
  }
  await using flow = make();
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.sharedData.bytes], ["completed", 4_000 * KB]);
  const queue = new Queue(order.size);
  for (const event of journal.events("job")) queue.add(event);
  // Each attempt at the emitter may add a payload.
  assert(queue.most <= 500 * KB + 2 * order.size, `${queue.most} bytes queued`);
});
