import { Flow } from "@millrace/flow";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { emitter, logger } from "../routines/basics.ts";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { askForMany, counter, notebook } from "../routines/shared_data.ts";
import { logged } from "./logged.ts";
import { looseFlow } from "./loose_flow.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("SharedData.get() returns the activation's own writes", async () => {
  await using flow = new Flow({ pool }).add("notebook", notebook);
  const job = await flow.execute("notebook.readsOwnWrites");
  assertEquals(logged(job), [
    [undefined, false],
    [1, true],
    [11, ["a", "nothing"]],
    [undefined, false],
    [[undefined, "made anew"], true],
  ]);
  assertEquals(job.sharedData, { a: [undefined, "made anew"], nothing: undefined });
});

Deno.test("SharedData.get() returns committed writes of other activations", async () => {
  await using flow = new Flow({ pool })
    .add("first", notebook)
    .add("second", notebook)
    .connect("first.next", "second.readsCommitted");
  const job = await flow.execute("first.leavesWithoutReading");
  const kept = { at: new Date(0), tags: new Set(["x"]), big: 1n };
  assertEquals(logged(job), [
    kept,
    ["dropped", "kept", "overwritten"],
    ["kept", "overwritten"],
    [undefined, 2],
  ]);
  assertEquals(job.sharedData, { kept, overwritten: 2 });
});

Deno.test("SharedData.get() sees commits during the activation", async () => {
  await using flow = looseFlow({ pool })
    .add("crowd", emitter)
    .add("reader", notebook)
    .add("writer", notebook)
    .connect("crowd.left", "reader.readsAgain")
    .connect("crowd.right", "writer.sets");
  const latches = newLatches();
  const isWriter = ({ routineId }: { routineId: string }) => routineId === "writer";
  const writes = nextEvent(flow, "activation_completed", isWriter);
  const job = flow.start("crowd.pair", [{ latches }, { turn: "written" }]);
  await Promise.all([reached(latches, ARRIVED), writes]);
  arrive(latches, RELEASED);
  await job.waitForCompletion();
  const [[, second] = []] = logged(job) as [[unknown, unknown]];
  assertEquals(second, "written");
});

Deno.test("SharedData copies values on reads and writes", async () => {
  await using flow = new Flow({ pool })
    .add("first", notebook)
    .add("second", notebook)
    .connect("first.next", "second.changesWhatItRead");
  const job = await flow.execute("first.changesWhatItWrote");
  assertEquals(logged(job), [[1]]);
  assertEquals(job.sharedData, { list: [1] });
});

Deno.test("SharedData.update() runs its function at the end", async () => {
  await using flow = new Flow({ pool }).add("notebook", notebook);
  const job = await flow.execute("notebook.updates");
  assertEquals(logged(job), [{ callsBeforeTheEnd: 0 }]);
  assertEquals(job.sharedData, { total: 10 });
});

Deno.test("SharedData.update() fails its activation by throwing", async () => {
  await using flow = new Flow({ pool }).add("notebook", notebook);
  const job = await flow.execute("notebook.updateThrows");
  assertEquals([job.status, job.error?.message], ["failed", "too much"]);
  assertInstanceOf(job.error, RangeError);
  assertEquals(job.sharedData, {});
});

for (const slot of ["updatesInUpdate", "readsInUpdate"] as const) {
  Deno.test(`SharedData.update() refuses nested calls (${slot})`, async () => {
    await using flow = new Flow({ pool }).add("notebook", notebook);
    const { status, error, sharedData } = await flow.execute(`notebook.${slot}`);
    assertEquals([status, sharedData], ["failed", {}]);
    assertInstanceOf(error, TypeError);
    assertStringIncludes(error.message, "by the function of an update");
  });
}

Deno.test("SharedData.update() throws after the handler has returned", async () => {
  await using flow = looseFlow({ pool })
    .add("crowd", emitter)
    .add("busy", notebook)
    .add("late", notebook)
    .connect("crowd.left", "busy.updatesBusily")
    .connect("crowd.right", "late.updatesLate");
  const latches = newLatches();
  const job = await flow.execute("crowd.pair", [{ latches }, { latches }]);
  assertEquals([job.status, job.sharedData], ["completed", { busy: 2 }]);
  assertEquals(countOf(latches, ABORTED), 1);
});

Deno.test("SharedData.update() commits emits of its function once", async () => {
  await using flow = looseFlow({ pool })
    .add("emitter", emitter)
    .add("frontier", notebook)
    .add("log", logger)
    .connect("emitter.item", "frontier.visits")
    .connect("frontier.first", "log.item");
  const pages = Array.from({ length: 200 }, (_, i) => `page ${i % 20}`);
  const job = await flow.execute("emitter.items", pages);
  assertEquals([job.status, logged(job).sort()], ["completed", pages.slice(0, 20).sort()]);
  assertEquals(job.sharedData["seen page 7"], 10);
});

Deno.test("SharedData.update() adds up over a thousand activations", async () => {
  await using flow = new Flow({ pool })
    .add("ask", askForMany)
    .add("counter", counter)
    .connect("ask.one", "counter.one");
  const { status, sharedData, spans } = await flow.execute("ask.times", 1_000);
  assertEquals([status, sharedData.count], ["completed", 1_000]);
  assertEquals(new Set(sharedData.busy as string[]), new Set(spans.map((span) => span.workerId)));
});

Deno.test("SharedData.update() avoids deadlocks between opposite key orders", async () => {
  await using flow = looseFlow({ pool })
    .add("emitter", emitter)
    .add("one", notebook)
    .add("other", notebook)
    .connect("emitter.item", "one.ofKeys")
    .connect("emitter.item", "other.ofKeys");
  const orders = Array.from({ length: 50 }, (_, i) => i % 2 ? ["a", "b", "c"] : ["c", "b", "a"]);
  const { status, sharedData } = await flow.execute("emitter.items", orders);
  assertEquals([status, sharedData], ["completed", { a: 100, b: 100, c: 100 }]);
});

Deno.test("SharedData is isolated between jobs", async () => {
  await using flow = new Flow({ pool }).add("notebook", notebook);
  const first = await flow.execute("notebook.sets", { a: 1 });
  const second = await flow.execute("notebook.readsOwnWrites");
  assertEquals(logged(second)[0], [undefined, false]);
  assertEquals(first.sharedData, { a: 1 });
});
