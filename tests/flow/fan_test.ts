import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { collector, emitter, relay, scribbler } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("Flow.connect() delivers an event to every connected slot", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("a", collector)
    .add("b", collector)
    .add("c", collector)
    .connect("emitter.item", "a.item")
    .connect("emitter.item", "b.item")
    .connect("emitter.item", "c.item");
  const job = await flow.execute("emitter.items", [1]);
  assertEquals(job.sharedData, { a: [1], b: [1], c: [1] });
  assertEquals(job.counts.completed, 4);
});

for (const maxWorkers of [1, 2]) {
  Deno.test(`Flow.connect() copies payloads for each receiver (maxWorkers: ${maxWorkers})`, async () => {
    await using flow = new Flow({ pool, maxWorkers })
      .add("emitter", emitter)
      .add("a", scribbler)
      .add("b", scribbler)
      .connect("emitter.item", "a.list")
      .connect("emitter.item", "b.list");
    const job = await flow.execute("emitter.items", [["new"]]);
    assertEquals(job.sharedData, { a: ["new", "a"], b: ["new", "b"] });
  });
}

Deno.test("Flow.connect() merges several connections into one slot", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("a", relay)
    .add("b", relay)
    .add("sink", collector)
    .connect("emitter.left", "a.item")
    .connect("emitter.right", "b.item")
    .connect("a.item", "sink.item")
    .connect("b.item", "sink.item");
  const job = await flow.execute("emitter.pair", [1, 2]);
  assertEquals(new Set(job.sharedData.sink as number[]), new Set([1, 2]));
  assertEquals(job.counts.completed, 5);
});

Deno.test("ctx.emit() delivers in the order of the calls", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.item", "sink.item");
  const items = Array.from({ length: 50 }, (_, i) => i);
  const job = await flow.execute("emitter.items", items);
  assertEquals(job.sharedData, { sink: items });
});

Deno.test("RoutineOptions.handlers runs the handler of the slot", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.left", "sink.left")
    .connect("emitter.right", "sink.right");
  const job = await flow.execute("emitter.pair", ["l", "r"]);
  assertEquals(job.sharedData, { left: "l", right: "r" });
});

Deno.test("Flow.execute() starts at any slot", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("relay", relay)
    .add("sink", collector)
    .connect("emitter.item", "relay.item")
    .connect("relay.item", "sink.item");
  const jobs = await Promise.all([
    flow.execute("emitter.items", ["first"]),
    flow.execute("emitter.pair", ["nowhere", "nowhere"]),
    flow.execute("relay.item", "middle"),
    flow.execute("sink.item", "last"),
  ]);
  assertEquals(jobs.map(({ sharedData }) => sharedData), [
    { sink: ["first"] },
    {},
    { sink: ["middle"] },
    { sink: ["last"] },
  ]);
});

Deno.test("JobCounts.unrouted counts payloads without a connection", async () => {
  await using flow = new Flow({ pool })
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.left", "sink.left");
  const items = await flow.execute("emitter.items", [1, 2, 3]);
  assertEquals([items.status, items.counts.unrouted], ["completed", 3]);
  const pair = await flow.execute("emitter.pair", ["l", "r"]);
  assertEquals([pair.status, pair.counts.unrouted], ["completed", 1]);
  assertEquals(pair.sharedData, { left: "l" });
});
