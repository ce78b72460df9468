// A worker that goes straight on from a task to the one that follows, as its host sees it.

import { assert, assertEquals } from "@std/assert";
import type { Task } from "../../faces/pool.ts";
import { sentence } from "../../src/pool/blame.ts";
import { BoundTable } from "../../src/pool/bound.ts";
import type { QueuedTask } from "../../src/pool/queued_task.ts";
import { RefusedTask } from "../../src/pool/refused_task.ts";
import { SourceQueue } from "../../src/pool/source_queue.ts";
import { TaskTable } from "../../src/pool/task_table.ts";
import { WorkerQueue } from "../../src/pool/worker_queue.ts";
import { QUEUED } from "../../src/wire/shared_task_ring.ts";
import { gate } from "../routines/gates.ts";
import { bind, TestTask } from "./tasks.ts";

const BINDING = bind(gate);
const EFFECTS = {
  emits: [{ event: "passed", payload: 1, timestamp: 1.5 }],
  sharedData: [],
  sharedLog: [],
};

/** A task that may be followed by another one. */
class WayTask extends TestTask {
  readonly ways = new Map([["passed", { binding: BINDING, slot: "hold" }]]);
}

Deno.test("WorkerQueue.goOn() puts the task that follows in the place of the first", async () => {
  const second = new WayTask("2", BINDING, "hold", undefined);
  const { queue, held, first } = begun(second);
  const { number } = held;
  assert(queue.ring.goOn(number, 1, 0, 2));
  const next = queue.goOn(number, EFFECTS, 1, 2);
  assertEquals([next?.task, queue.get(number), queue.size], [second, next, 1]);
  assertEquals(await first.ended.promise, {
    effects: EFFECTS,
    execution: { workerId: "w1", startedAt: 1, endedAt: 2 },
  });
  assertEquals([first.calls, second.calls], [["begin", "end"], ["begin"]]);
  queue.ring.end(number, 4, 1);
  assert(queue.settle(number, undefined, 1));
  const { execution: own } = await second.ended.promise;
  assertEquals(own, { workerId: "w1", startedAt: 2, endedAt: 4 });
  assertEquals([queue.size, queue.busyStrands], [0, 0]);
});

Deno.test("WorkerQueue.goOn() refuses a step that the worker has not made", () => {
  const { queue, held, first } = begun(undefined);
  const { number } = held;
  const step = () => queue.goOn(number, EFFECTS, 1, 2);
  assertEquals(step(), undefined);
  assert(queue.ring.goOn(number, 1, 0, 2));
  assert(step()?.task instanceof RefusedTask);
  assertEquals([step(), first.calls], [undefined, ["begin", "end"]]);
});

Deno.test("WorkerQueue.forbid() makes a task the last one of its worker", () => {
  const { queue, held } = begun(undefined);
  assert(queue.ring.goOn(held.number, 1, 0, 2));
  queue.forbid(held);
  assert(!queue.ring.goOn(held.number, 1, 0, 3));
  assertEquals(queue.ring.stageOf(held.number), 1);
});

Deno.test("WorkerQueue goes straight on only if the worker and the task may", () => {
  assert(!begun(undefined, false).canGoOn());
  assert(!begun(undefined, true, new TestTask("1", BINDING, "hold", undefined)).canGoOn());
  const repeated = begun(undefined);
  repeated.held.restart();
  repeated.queue.abandon();
  repeated.queue.open(repeated.held, 0);
  repeated.queue.ring.start(repeated.held.number, QUEUED, 1);
  assert(!repeated.canGoOn());
});

for (const cause of ["unknown", "unsound", "doubtful", "nobody"] as const) {
  Deno.test(`sentence() repeats a task from which its worker has gone on, if the cause is ${cause}`, () => {
    const { queue, held } = begun(undefined);
    assert(queue.ring.goOn(held.number, 1, 0, 2));
    const remains = queue.abandon();
    assertEquals([remains.goneOn, remains.running], [[held], []]);
    const { failed, restarted } = sentence(remains, new Error("it died"), { cause });
    assertEquals([failed, restarted], [[], [held]]);
  });
}

/** A task that a worker executes, and the one that its source gives as the next. */
function begun(
  next: Task | undefined,
  mayGoOn = true,
  first: TestTask = new WayTask("1", BINDING, "hold", undefined),
) {
  const source = new SourceQueue(
    { maxWorkers: 1, ready: 1, take: () => first, follow: () => next, fail() {} },
    new BoundTable(() => {}),
    new TaskTable(),
    () => {},
  );
  const queue = new WorkerQueue("w1", 0, 1, mayGoOn);
  const held = source.take(() => true) as QueuedTask;
  queue.open(held, 0);
  queue.ring.start(held.number, QUEUED, 1);
  return { queue, held, first, canGoOn: () => queue.ring.goOn(held.number, 1, 0, 2) };
}
