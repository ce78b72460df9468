import { Buffer } from "node:buffer";
import { Flow } from "@millrace/flow";
import { UncloneableValueError } from "@millrace/flow/errors";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { collector, counter, reader, relay } from "../routines/basics.ts";
import { receiver, sender } from "../routines/emits.ts";
import { porter } from "../routines/ports.ts";
import { logged } from "./logged.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

/** A sender and one receiver, or two. */
function senders() {
  return new Flow({ pool })
    .add("sender", sender)
    .add("receiver", receiver)
    .add("end", receiver)
    .connect("sender.bytes", "receiver.bytes")
    .connect("receiver.on", "end.bytes");
}

Deno.test("ctx.emit() copies the payload at once", async () => {
  await using flow = senders();
  const job = await flow.execute("sender.copies");
  assertEquals(job.sharedData, { sums: [14, 14] });
  assertEquals(logged(job), [{ leftHere: 2 }]);
});

for (const slot of ["moves", "movesInFlush"] as const) {
  Deno.test(`EmitOptions.transfer moves a buffer downstream (${slot})`, async () => {
    await using flow = senders();
    const job = await flow.execute(`sender.${slot}`, 1_000);
    assertEquals([job.status, job.sharedData], ["completed", { sums: [7_000, 7_000] }]);
    if (slot === "moves") assertEquals(logged(job), [{ leftHere: 0 }]);
  });
}

for (const maxWorkers of [1, 2]) {
  Deno.test(`EmitOptions.transfer reaches several receivers (maxWorkers: ${maxWorkers})`, async () => {
    await using flow = new Flow({ pool, maxWorkers })
      .add("sender", sender)
      .add("one", receiver)
      .add("other", receiver)
      .connect("sender.bytes", "one.bytes")
      .connect("sender.bytes", "other.bytes");
    const job = await flow.execute("sender.moves", 10);
    assertEquals([job.status, job.sharedData], ["completed", { sums: [70, 70] }]);
  });
}

Deno.test("StartOptions.transfer moves the payload of a job", async () => {
  await using flow = new Flow({ pool }).add("receiver", receiver);
  const [first, second] = [new Uint8Array([1, 2]), new Uint8Array([3, 4])];
  const started = flow.start("receiver.bytes", { bytes: first }, { transfer: [first.buffer] });
  assertEquals(first.byteLength, 0);
  assertEquals((await started.waitForCompletion()).sharedData, { sums: [3] });
  const executed = flow.execute("receiver.bytes", { bytes: second }, { transfer: [second.buffer] });
  assertEquals((await executed).sharedData, { sums: [7] });
  assertEquals(second.byteLength, 0);
});

Deno.test("EmitOptions.transfer moves a port through every stage", async () => {
  await using flow = new Flow({ pool })
    .add("first", porter)
    .add("second", porter)
    .connect("first.port", "second.port");
  const { port1: here, port2: port } = new MessageChannel();
  const received: unknown[] = [];
  const heard = Promise.withResolvers<void>();
  here.onmessage = ({ data }) => received.push(data) === 2 && heard.resolve();
  const job = flow.start("first.port", { port }, { transfer: [port] });
  await within(heard.promise);
  here.close();
  assertEquals([(await job.waitForCompletion()).status, received], ["completed", [
    "first",
    "second",
  ]]);
});

Deno.test("JobState stays readable after its payloads moved", async () => {
  await using flow = senders();
  const job = await flow.execute("sender.moves", 4);
  const emitted = job.executionHistory.filter(({ event }) => event === "emitted");
  assertEquals(emitted.map(({ routineId }) => routineId), ["sender", "receiver", "end"]);
  assertEquals(JSON.parse(JSON.stringify(job)).status, "completed");
});

Deno.test("JobState.executionHistory describes a moved port", async () => {
  await using flow = new Flow({ pool }).add("sender", sender);
  const job = await flow.execute("sender.movesPort");
  const emitted = job.executionHistory.find(({ event }) => event === "emitted");
  assertEquals([job.status, emitted?.data], [
    "completed",
    { event: "item", payload: { port: "[MessagePort]" } },
  ]);
  assertEquals(JSON.parse(JSON.stringify(job)).executionHistory[2].data, emitted?.data);
});

Deno.test("ctx.emit() throws for an unknown event", async () => {
  await using flow = new Flow({ pool }).add("sender", sender);
  const { status, error } = await flow.execute("sender.unknown");
  assertEquals(status, "failed");
  assertInstanceOf(error, TypeError);
  for (const part of ['"sender"', '"nothing"', "bytes, item"]) {
    assertStringIncludes(error.message, part);
  }
});

for (const where of ["emit", "sharedData", "sharedLog", "routineState", "progress"] as const) {
  Deno.test(`ctx.${where} refuses uncloneable values with their path`, async () => {
    await using flow = new Flow({ pool }).add("sender", sender);
    const { status, error } = await flow.execute("sender.uncloneable", where);
    assertEquals(status, "failed");
    assertInstanceOf(error, UncloneableValueError);
    assertStringIncludes(error.path, "user.link");
    assertStringIncludes(error.message, error.path);
    assert(error.stack?.includes("emits.ts"), "the stack shows where");
    assertEquals([error.routineId, error.slot], ["sender", "uncloneable"]);
  });
}

Deno.test("UncloneableValueError can be caught by a handler", async () => {
  await using flow = new Flow({ pool })
    .add("sender", sender)
    .add("sink", collector)
    .connect("sender.item", "sink.item");
  const job = await flow.execute("sender.catches");
  assertEquals([job.status, job.sharedData], ["completed", { sink: ["UncloneableValueError"] }]);
});

Deno.test("ActivationEndedError reports late use of a context", async () => {
  await using flow = new Flow({ pool })
    .add("sender", sender)
    .add("sink", collector)
    .connect("sender.item", "sink.item");
  const jobId = crypto.randomUUID();
  using channel = closing(new BroadcastChannel(jobId));
  const said = new Promise((resolve) => channel.onmessage = ({ data }) => resolve(data));
  const job = await flow.execute("sender.late", undefined, { jobId });
  assertEquals(await within(said), "ActivationEndedError");
  assertEquals([job.status, job.sharedData], ["completed", { done: true }]);
});

function closing(channel: BroadcastChannel): BroadcastChannel & Disposable {
  return Object.assign(channel, { [Symbol.dispose]: () => channel.close() });
}

Deno.test("ctx.emit() sends null-prototype objects as plain ones", async () => {
  await using flow = new Flow({ pool })
    .add("counter", counter)
    .add("reader", reader)
    .connect("counter.bare", "reader.bare")
    .connect("counter.map", "reader.map");
  const { sharedData, error } = await flow.execute("counter.words", ["a", "constructor", "a"]);
  assertEquals(error, undefined);
  assertEquals(sharedData.seen, {
    isPlain: true,
    own: [["a", 2], ["constructor", 1]],
    // So `Object.hasOwn` is to be asked, or a Map to be sent.
    isInherited: true,
    constructor: "number",
  });
  assertEquals(sharedData.ofMap, [1, undefined]);
  assertEquals(sharedData.bare, { a: 2, constructor: 1 } as unknown);
  assertEquals(Object.getPrototypeOf(sharedData.bare), Object.prototype);
});

Deno.test("UncloneableValueError suggests Uint8Array for a Node Buffer", async () => {
  await using flow = new Flow({ pool }).add("relay", relay);
  for (const payload of [Buffer.from("a"), { file: { bytes: Buffer.from("a") } }]) {
    const error = assertThrows(() => flow.start("relay.item", payload), UncloneableValueError);
    assertStringIncludes(error.message, "is an instance of Buffer");
    assertStringIncludes(error.message, "send `new Uint8Array(buffer)`");
  }
  const job = await flow.execute("relay.item", new Uint8Array(Buffer.from("a")));
  assertEquals(job.status, "completed");
});
