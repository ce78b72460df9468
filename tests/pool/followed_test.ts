// The tasks that follow from others, of which a worker has begun some already, and the end of such a worker.

import { assertEquals } from "@std/assert";
import { sentence } from "../../src/pool/blame.ts";
import { BoundTable } from "../../src/pool/bound.ts";
import type { QueuedTask } from "../../src/pool/queued_task.ts";
import { RefusedTask } from "../../src/pool/refused_task.ts";
import { SourceQueue } from "../../src/pool/source_queue.ts";
import type { Task } from "../../src/pool/task.ts";
import { TaskTable } from "../../src/pool/task_table.ts";
import { gate } from "../routines/gates.ts";
import { bind, TestTask } from "./tasks.ts";

const binding = bind(gate);

/** A source that refuses all that follows, the tasks that it was asked about, and the errors that it threw. */
function refusing() {
  const asked: Task[] = [];
  const errors: unknown[] = [];
  let made = 0;
  const source = new SourceQueue(
    {
      maxWorkers: 1,
      ready: Infinity,
      take: () => new TestTask(`${++made}`, binding, "hold", undefined),
      follow: (task) => void asked.push(task),
      fail() {},
    },
    new BoundTable(() => {}),
    new TaskTable(),
    (error) => errors.push(error),
  );
  return { asked, errors, source, take: () => source.take(() => true) as QueuedTask };
}

Deno.test("SourceQueue.follow() asks the source about its own tasks only", () => {
  const { asked, errors, source, take } = refusing();
  const first = take();
  const refused = source.follow(first);
  const after = source.follow(refused);
  assertEquals([refused, after].map(({ task }) => task instanceof RefusedTask), [true, true]);
  assertEquals([asked, errors], [[first.task], []]);
});

Deno.test("sentence() finds no task guilty for sure if a worker has gone on from another one", () => {
  const failure = new Error("it has ended");
  const { take } = refusing();
  for (const state of ["running", "loading", "ended"] as const) {
    const [held, left] = [take(), take()];
    const nothing = { waiting: [], loading: [], running: [], goneOn: [], ended: [] };
    const remains = { ...nothing, [state]: [held], goneOn: [left] };
    assertEquals(sentence(remains, failure, { cause: "unknown" }).failed, []);
    assertEquals([held.isExclusive, left.isExclusive], [true, false]);
    const alone = { ...nothing, [state]: [held] };
    assertEquals(sentence(alone, failure, { cause: "unknown" }).failed, [[held, failure]]);
  }
});
