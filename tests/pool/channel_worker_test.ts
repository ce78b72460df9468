// The host's end of a channel to a worker, step by step: what it sends when, and which steps of the tasks it
// makes in the ring.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import type { ChannelEvents } from "../../faces/pool.ts";
import { ChannelWorker } from "../../src/pool/channel_worker.ts";
import {
  decodeMessage,
  encodeMessage,
  type End,
  type FromWorker,
  PROTOCOL,
  type ToWorker,
} from "../../src/wire/channel_messages.ts";
import type { ItemsMessage } from "../../src/wire/items.ts";
import type { BindingMessage, WorkerMessage } from "../../src/wire/messages.ts";
import {
  CLAIMED,
  ENDED,
  QUEUED,
  RUNNING,
  SharedTaskRing,
} from "../../src/wire/shared_task_ring.ts";
import { addTask, introduce, newBatch, type TaskBatch } from "../../src/wire/task_batch.ts";
import { standStill } from "../routines/stand_still.ts";
import { until } from "./until.ts";

/** Returns a batch of tasks, by their numbers and payloads. */
function batchOf(
  tasks: readonly (readonly [number: number, payload: unknown])[],
  introduced: readonly BindingMessage[] = [],
): TaskBatch {
  const batch = newBatch();
  for (const binding of introduced) introduce(batch, binding);
  for (const [number, payload] of tasks) addTask(batch, number, "job", "a", payload, undefined);
  return batch;
}

const BINDING: BindingMessage = {
  number: 7,
  module: "file:///routine.ts",
  ordinal: 0,
  fingerprint: "",
  slots: ["item"],
  config: {},
  flowId: "flow",
  routineId: "routine",
  checkPayloads: true,
  highWaterMark: undefined,
  highWaterBytes: undefined,
  traceModule: undefined,
};
const FAILURE = { name: "Error", message: "no licence here" };

/** A worker that is ready, and whose other end is the test. */
class Scripted implements Disposable {
  readonly ring = new SharedTaskRing(16);
  readonly worker: ChannelWorker;
  readonly heard: (WorkerMessage | string)[] = [];
  /** The time by which answers to probes are trusted, in milliseconds. */
  time = 0;
  #sent: ToWorker[] = [];
  #probe = 0;
  #introduced: BindingMessage[] | undefined = [BINDING];
  #events: ChannelEvents | undefined;

  constructor() {
    const startWorker = (_: string, events: ChannelEvents) => {
      this.#events = events;
      return {
        send: (bytes: Uint8Array) => void this.#sent.push(decodeMessage(bytes) as ToWorker),
        close: () => void this.heard.push("close"),
      };
    };
    this.worker = new ChannelWorker("w1", startWorker, 1, {
      message: (message) => this.heard.push(message),
      returned: (task) => this.heard.push(`returned: ${task}`),
      broken: (why) => this.heard.push(`broken: ${why}`),
      unreadable: () => this.heard.push("unreadable"),
      stuck: () => this.heard.push("stuck"),
      gone: () => this.heard.push("gone"),
    }, () => this.time);
  }

  static async ready(): Promise<Scripted> {
    const scripted = new Scripted();
    await Promise.resolve();
    scripted.say({ type: "ready", at: 1, protocol: PROTOCOL });
    const times = { loadTimeout: 1, sentAt: 1, heardAt: 1, programStartedAt: 1 };
    scripted.worker.post({ type: "start", ring: scripted.ring.buffer, ...times });
    assertEquals([scripted.heard.splice(0).length, scripted.sent()], [1, ["start"]]);
    return scripted;
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
    this.end("");
  }

  /** Sends a message of the worker. */
  say(message: FromWorker): void {
    this.#events?.message(encodeMessage(message));
  }

  /** Ends the worker. */
  end(why: string): void {
    this.#events?.ended(why);
  }

  items(items: ItemsMessage, ...ends: End[]): void {
    this.say({ type: "items", items, ends });
  }

  /** Answers the last probe. */
  listens(probe = this.#probe): void {
    this.say({ type: "listening", probe });
  }

  /** Gives tasks to the worker, each on a strand of its own, or all on the first. */
  give(tasks: readonly number[], isOneStrand = false): void {
    for (const [i, task] of tasks.entries()) this.ring.queue(task, 7, 0, 1, isOneStrand ? 0 : i);
    this.worker.post(batchOf(tasks.map((number) => [number, number]), this.#introduced));
    this.#introduced = undefined;
  }

  /** The number of times that the worker was asked whether it answers at all. */
  get checks(): number {
    return this.#sent.filter((message) => message.type === "probe" && message.probe < 0).length;
  }

  /** Takes what was sent: the types of messages, and the tasks by their numbers. */
  sent(): (string | number)[] {
    const taken = this.#sent;
    this.#sent = [];
    return taken.map((message) => {
      if (message.type === "probe") this.#probe = message.probe;
      return message.type === "task" ? message.cell[0] : message.type;
    });
  }

  /** Lets the worker load the routine for its first task, which it then executes. */
  load(): void {
    assertEquals(this.sent(), ["probe"]);
    this.listens();
    assertEquals(this.sent(), ["load", "probe"]);
    this.say({ type: "taken" });
    this.items([0, { type: "loaded", binding: 7, error: undefined }]);
    this.listens();
  }
}

Deno.test("ChannelWorker sends a task to a worker that has answered a probe", async () => {
  using one = await Scripted.ready();
  one.give([1]);
  assertEquals(one.ring.state(1), QUEUED);
  one.load();
  assertEquals([one.sent(), one.ring.state(1)], [[1, "probe"], RUNNING]);
  one.items([1, 1], [1, 2, 1]);
  const [startedAt, endedAt] = [one.ring.startedAt(1), one.ring.endedAt(1)];
  assertEquals([one.ring.state(1), one.ring.endOf(1), startedAt <= endedAt], [ENDED, 1, true]);
  assertEquals(one.heard.at(-1), 1);
});

Deno.test("ChannelWorker claims a task while its routine is loaded", async () => {
  using one = await Scripted.ready();
  one.give([1]);
  one.sent();
  one.listens();
  assertEquals([one.sent(), one.ring.state(1)], [["load", "probe"], CLAIMED]);
  one.ring.revoke(1);
  one.items([0, { type: "loaded", binding: 7, error: undefined }]);
  one.listens();
  assertEquals(one.sent(), []);
});

Deno.test("ChannelWorker fails the tasks whose routine does not load", async () => {
  using one = await Scripted.ready();
  one.give([1, 2]);
  one.sent();
  one.listens();
  one.sent();
  one.items([0, { type: "loaded", binding: 7, error: FAILURE }]);
  assertEquals([1, 2].map((task) => [one.ring.state(task), one.ring.endOf(task)]), [
    [ENDED, 1],
    [ENDED, 2],
  ]);
  assertEquals(one.heard.slice(1), [
    [1, { type: "failed", task: 1, error: FAILURE }],
    [2, { type: "failed", task: 2, error: FAILURE }],
  ]);
  // Items and ends of the worker are numbered behind those.
  one.give([3]);
  one.sent();
  one.listens();
  one.sent();
  one.items([1, { type: "loaded", binding: 7, error: undefined }]);
  one.listens();
  one.items([2, { type: "failed", task: 3, error: FAILURE }], [1, 2, 1]);
  assertEquals(one.ring.endOf(3), 3);
  assertEquals(one.heard.at(-1), [4, { type: "failed", task: 3, error: FAILURE }]);
});

Deno.test("ChannelWorker ignores the answer to a probe in front of what may block the worker", async () => {
  using one = await Scripted.ready();
  one.give([1, 2, 3], true);
  one.load();
  assertEquals(one.sent(), [1, "probe"]);
  one.items([1, 1], [1, 2, 1]);
  // The answer comes behind the end, so that the next task may be sent.
  one.listens();
  assertEquals(one.sent(), [2, "probe"]);
  one.listens();
  one.items([2, 2], [1, 2, 2]);
  assertEquals(one.sent(), ["probe"]);
  one.listens(1);
  assertEquals([one.sent(), one.ring.state(3)], [[], QUEUED]);
});

Deno.test("ChannelWorker starts no more tasks after an uncaught error", async () => {
  using one = await Scripted.ready();
  one.give([1, 2], true);
  one.load();
  one.sent();
  one.items([1, { type: "uncaught", owner: "ended", error: FAILURE, at: 1 }]);
  one.say({ type: "returned", task: 1 });
  one.listens();
  assertEquals([one.sent(), one.ring.state(2)], [[], QUEUED]);
  const [uncaught, returned] = one.heard.slice(-2) as [[number, { at: number }], unknown];
  assertEquals([uncaught[0], uncaught[1].at >= one.ring.startedAt(1)], [2, true]);
  assertEquals(returned, "returned: 1");
});

Deno.test("ChannelWorker gives a worker up that does not take up what it was sent", async () => {
  using one = await Scripted.ready();
  one.give([1, 2], true);
  one.load();
  assertEquals(one.sent(), [1, "probe"]);
  await until(() => one.heard.includes("close"));
  assertEquals(one.heard.slice(2, 4), ["close", "returned: 1"]);
  assertMatch(String(one.heard[4]), /^broken: it did not take up what it was sent within 1 ms/);
  assertEquals(one.ring.revoke(2), true);
});

Deno.test("ChannelWorker reports each load itself as the worker takes it up", async () => {
  using one = await Scripted.ready();
  one.give([1]);
  one.sent();
  one.listens();
  assertEquals(one.heard, []);
  one.say({ type: "taken" });
  assertEquals(one.heard, [[0, { type: "loading", binding: 7 }]]);
  // The worker's own report is dropped, and the numbers have no gap.
  one.items([0, { type: "loading", binding: 7 }]);
  one.items([1, { type: "loading", binding: 7 }, { type: "pong", ping: 1 }]);
  one.items([3, { type: "loaded", binding: 7, error: undefined }]);
  assertEquals(one.heard.slice(1), [
    [1, { type: "pong", ping: 1 }],
    [2, { type: "loaded", binding: 7, error: undefined }],
  ]);
});

Deno.test("ChannelWorker sends a load that was asked for by itself to a worker that answers", async () => {
  using one = await Scripted.ready();
  one.worker.post({ type: "load", binding: BINDING });
  one.worker.post({ type: "load", binding: { ...BINDING, number: 8 } });
  assertEquals(one.sent(), ["probe"]);
  one.listens();
  assertEquals(one.sent(), ["load", "probe"]);
  one.listens();
  assertEquals(one.sent(), ["load", "probe"]);
  one.listens();
  assertEquals(one.sent(), []);
});

Deno.test("ChannelWorker gives a worker up that takes up no load", async () => {
  using one = await Scripted.ready();
  one.worker.post({ type: "load", binding: BINDING });
  await until(() => one.heard.includes("close"));
  assertMatch(String(one.heard[1]), /^broken: it did not take up what it was sent within 1 ms/);
});

Deno.test("ChannelWorker returns the tasks of a load that the worker does not take up", async () => {
  using one = await Scripted.ready();
  one.give([1, 2]);
  one.sent();
  one.listens();
  assertEquals([one.ring.state(1), one.ring.state(2)], [CLAIMED, CLAIMED]);
  await until(() => one.heard.includes("close"));
  assertEquals(one.heard.slice(0, 3), ["close", "returned: 1", "returned: 2"]);
});

Deno.test("ChannelWorker leaves it to the pool to give a worker up that does not load", async () => {
  using one = await Scripted.ready();
  one.give([1]);
  one.sent();
  one.listens();
  one.say({ type: "taken" });
  await delay(1_500);
  assertEquals([one.heard.length, one.ring.state(1), one.checks], [1, CLAIMED, 0]);
});

Deno.test("ChannelWorker asks again before it sends the task of another strand", async () => {
  using one = await Scripted.ready();
  one.give([1, 2, 3]);
  one.load();
  assertEquals(one.sent(), [1, "probe"]);
  assertEquals([one.ring.state(2), one.ring.state(3)], [CLAIMED, CLAIMED]);
  one.listens();
  assertEquals(one.sent(), [2, "probe"]);
  // The first strand is free again, but it is the turn of the third.
  one.items([1, 1], [1, 2, 1]);
  one.ring.queue(4, 7, 0, 1, 0);
  one.worker.post(batchOf([[4, 4]]));
  one.listens();
  assertEquals(one.sent(), [3, "probe"]);
  one.listens();
  assertEquals(one.sent(), [4, "probe"]);
});

Deno.test("ChannelWorker does not trust an answer that may have lain in the inbox", async () => {
  using one = await Scripted.ready();
  one.give([1], true);
  one.load();
  one.sent();
  one.give([2], true);
  one.items([1, 1], [1, 2, 1]);
  one.listens();
  one.items([2, 2], [1, 2, 2]);
  one.give([3], true);
  assertEquals(one.sent(), [2, "probe"]);
  one.time += 800;
  one.listens();
  assertEquals([one.sent(), one.ring.state(3)], [["probe"], QUEUED]);
  one.listens();
  assertEquals(one.sent(), [3, "probe"]);
});

Deno.test("ChannelWorker holds how long a task took, whatever the clock of its worker says", async () => {
  for (const shift of [-180_000, 0, 180_000]) {
    using one = await Scripted.ready();
    one.give([1], true);
    one.load();
    standStill(60);
    const at = performance.timeOrigin + performance.now() + shift;
    one.items([1, 1], [at - 50, at, 1]);
    const took = one.ring.endedAt(1) - one.ring.startedAt(1);
    assert(Math.abs(took - 50) < 0.01, `${took} ms`);
  }
});

Deno.test("ChannelWorker lets a handler that was taken up block the worker", async () => {
  using one = await Scripted.ready();
  one.give([1, 2]);
  one.load();
  one.say({ type: "taken" });
  assertEquals(one.sent(), [1, "probe"]);
  one.listens();
  assertEquals(one.sent(), [2, "probe"]);
  // The worker is checked again and again.
  await until(() => one.checks === 2);
  assertEquals([one.heard.length, one.ring.state(2)], [2, RUNNING]);
});

Deno.test("ChannelWorker makes no step of a task that is not running", async () => {
  using one = await Scripted.ready();
  one.give([1]);
  one.items([0, 1], [1, 2, 1]);
  assertEquals([one.ring.state(1), one.heard], [QUEUED, [1]]);
});

Deno.test("ChannelWorker.post() refuses all tasks of a message or none", async () => {
  using one = await Scripted.ready();
  one.ring.queue(1, 7, 0, 1, 0);
  one.ring.queue(2, 7, 0, 1, 1);
  const batch = batchOf([[1, 1], [2, new Blob()]], [BINDING]);
  assertThrows(() => one.worker.post(batch), DOMException, "an instance of Blob cannot leave");
  assertThrows(() => one.worker.post(batch, [new ArrayBuffer(1)]), DOMException, "moved");
  assertEquals(one.sent(), []);
});

Deno.test("ChannelWorker reports a worker that sends what cannot be read", async () => {
  const messages = [
    { type: "ready", at: 1, protocol: PROTOCOL },
    { type: "unknown" },
    undefined,
    null,
    { type: "items" },
    { type: "items", items: [0, 5] },
    { type: "items", items: [0, null], ends: [] },
    { type: "items", items: [0, { type: "unknown" }], ends: [] },
    { type: "items", items: [0, { type: "uncaught", owner: "ended", at: 0 }], ends: [] },
    { type: "items", items: { length: 2 }, ends: [] },
    { type: "items", items: [0, 5], ends: [[0, NaN, 1]] },
    { type: "listening", probe: "1" },
    { type: "returned" },
    { type: "toString" },
  ];
  for (const message of messages) {
    using one = await Scripted.ready();
    one.say(message as unknown as FromWorker);
    assertEquals(one.heard, ["unreadable"]);
  }
});

Deno.test("ChannelWorker reports the end of its worker once", async () => {
  using one = await Scripted.ready();
  one.end("its host is down");
  one.end("again");
  one.worker.terminate();
  assertEquals(one.heard, ["broken: its host is down", "gone"]);
});

Deno.test("ChannelWorker refuses a worker that speaks another version of the protocol", async () => {
  for (const protocol of [PROTOCOL + 1, undefined]) {
    using one = new Scripted();
    await Promise.resolve();
    one.say({ type: "ready", at: 1, protocol: protocol as number });
    assertEquals(one.heard, [
      `broken: it speaks version ${protocol} of the protocol, and its pool version ${PROTOCOL}`,
    ]);
  }
});

Deno.test("ChannelWorker gives a worker up that is never ready", async () => {
  using one = new Scripted();
  await until(() => one.heard.length > 0);
  assertEquals(one.heard, ["broken: it was not ready within 1 ms"]);
});
