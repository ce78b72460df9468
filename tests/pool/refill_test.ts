import { assert } from "@std/assert";
import { BoundTable } from "../../src/pool/bound.ts";
import type { QueuedTask } from "../../src/pool/queued_task.ts";
import { SourceQueue } from "../../src/pool/source_queue.ts";
import { QUEUED } from "../../src/wire/shared_task_ring.ts";
import { TaskTable } from "../../src/pool/task_table.ts";
import { WorkerQueue } from "../../src/pool/worker_queue.ts";
import { gate } from "../routines/gates.ts";
import { bind, TestTask } from "./tasks.ts";

/** A worker that holds a number of quick tasks, all of them on one strand. Each is estimated to take `ms`. */
function filled(
  tasks: number,
  ms = 0.001,
): { readonly queue: WorkerQueue; readonly held: QueuedTask[] } {
  const binding = bind(gate);
  const bounds = new BoundTable(() => {});
  let made = 0;
  const source = new SourceQueue(
    {
      maxWorkers: 1,
      ready: tasks,
      take: () => new TestTask(`${++made}`, binding, "hold", undefined),
      fail() {},
    },
    bounds,
    new TaskTable(),
    () => {},
  );
  bounds.of(binding).measured(ms);
  const queue = new WorkerQueue("w1", 0, 1, false);
  const held: QueuedTask[] = [];
  for (let n = 0; n < tasks; n++) {
    const task = source.take(() => true) as QueuedTask;
    const strand = queue.strandFor(source, 0);
    if (strand === undefined) queue.open(task, 0);
    else queue.add(task, strand);
    held.push(task);
  }
  return { queue, held };
}

/** Executes tasks as their worker would. */
function execute(queue: WorkerQueue, tasks: readonly QueuedTask[]): void {
  for (const { number } of tasks) queue.ring.start(number, QUEUED, 1);
  tasks.forEach(({ number }, i) => queue.ring.end(number, 2, i + 1));
}

Deno.test("WorkerQueue.isLow() compares ready tasks with waiting ones", () => {
  const { queue } = filled(33);
  assert(!queue.isLow(1));
  assert(!queue.isLow(31));
  assert(queue.isLow(32));
});

Deno.test("WorkerQueue.isLow() accepts one task when none waits", () => {
  const { queue } = filled(1);
  assert(queue.isLow(1));
});

Deno.test("WorkerQueue.isLow() counts ended but unreported tasks", () => {
  const { queue, held } = filled(33);
  execute(queue, held);
  assert(!queue.isLow(1));
  held.slice(0, 17).forEach(({ number }, i) => assert(queue.settle(number, undefined, i + 1)));
  assert(queue.isLow(16));
});

Deno.test("WorkerQueue.isLow() waits until a quarter of the work has ended", () => {
  const { queue, held } = filled(40, 0.1);
  assert(!queue.isLow(1_000));
  execute(queue, held);
  held.slice(0, 9).forEach(({ number }, i) => assert(queue.settle(number, undefined, i + 1)));
  assert(!queue.isLow(1_000));
  assert(queue.settle((held[9] as QueuedTask).number, undefined, 10));
  assert(queue.isLow(1_000));
});

Deno.test("WorkerQueue.hasRoomBehind is false behind a slow task", () => {
  assert(!filled(1, 1.5).queue.hasRoomBehind);
  assert(filled(1, 1.4).queue.hasRoomBehind);
});

Deno.test("WorkerQueue.isLow() is false without room", () => {
  const { queue } = filled(600);
  assert(!queue.isLow(10_000));
});
