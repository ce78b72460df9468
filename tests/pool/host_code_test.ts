// The code of sources, tasks and callbacks runs on the host. The pool goes on after any error of it.

import { assertEquals } from "@std/assert";
import type { UncaughtError } from "../../faces/errors.ts";
import { type Task, type TaskSource, WorkerPool } from "../../faces/pool.ts";
import { effective } from "../routines/workers.ts";
import { breaker, echo } from "./routines.ts";
import { bind, TestSource, TestTask } from "./tasks.ts";
import { until } from "./until.ts";

const emit = bind(echo);

function quietPool(): { pool: WorkerPool; uncaught: string[] } {
  const uncaught: string[] = [];
  const onUncaught = ({ cause }: UncaughtError) => void uncaught.push(String(cause));
  return { pool: new WorkerPool({ maxWorkers: 1, concurrency: 2, onUncaught }), uncaught };
}

async function goesOn(pool: WorkerPool): Promise<void> {
  assertEquals((await pool.run(echo, "value", 1)).emits[0]?.payload, 1);
}

for (const method of ["begin", "end"] as const) {
  Deno.test(`WorkerPool reports an error of Task.${method}()`, async () => {
    const { pool, uncaught } = quietPool();
    await using _ = pool;
    const task = new TestTask("task", emit, "value", 1);
    task[method] = () => {
      throw new RangeError(method);
    };
    new TestSource(pool, 1).add(task);
    await until(() => uncaught.length > 0);
    assertEquals(uncaught, [`RangeError: ${method}`]);
    await goesOn(pool);
  });
}

for (const method of ["get", "keys", "routineState", "lock", "flush"] as const) {
  Deno.test(`WorkerPool fails the activation whose Task.${method}() throws`, async () => {
    const { pool, uncaught } = quietPool();
    await using _ = pool;
    const tasks = ["inParts", "readsBack"].map((slot) => {
      const task = new TestTask(slot, bind(effective), slot, undefined);
      Object.assign(task, {
        [method]() {
          throw new RangeError(method);
        },
      });
      return task;
    });
    new TestSource(pool, 2).add(...tasks);
    const ends = await Promise.all(tasks.map(({ ended }) => ended.promise));
    const messages = ends.map(({ error }) => error?.message);
    assertEquals(messages.includes(method), true, `${messages}`);
    assertEquals(uncaught, []);
    await goesOn(pool);
  });
}

for (
  const field of ["payload", "jobId", "activationId", "slot", "attempt", "transfer", "binding"]
) {
  Deno.test(`WorkerPool fails only the task with unreadable ${field}`, async () => {
    const { pool } = quietPool();
    await using _ = pool;
    await goesOn(pool);
    const tasks = [1, 2, 3].map((n) => new TestTask(`${n}`, emit, "value", n));
    Object.defineProperty(tasks[1], field, {
      get() {
        throw new RangeError(field);
      },
    });
    new TestSource(pool, 2).add(...tasks);
    const ends = await Promise.all(tasks.map(({ ended }) => ended.promise));
    assertEquals(ends.map(({ error }) => error === undefined), [true, false, true]);
    await goesOn(pool);
  });
}

Deno.test("WorkerPool reports errors of TaskSource.take() and TaskSource.ready", async () => {
  const { pool, uncaught } = quietPool();
  await using _ = pool;
  const source: TaskSource = {
    maxWorkers: 1,
    get ready(): number {
      throw new RangeError("ready");
    },
    take(): Task | undefined {
      throw new RangeError("take");
    },
    fail() {
      throw new RangeError("fail");
    },
  };
  pool.attach(source);
  pool.wake();
  await goesOn(pool);
  assertEquals(new Set(uncaught).has("RangeError: ready"), true);
  assertEquals([...new Set(uncaught)].every((text) => /ready|take/.test(text)), true);
});

Deno.test("WorkerPool logs an error of WorkerPoolOptions.onUncaught", async () => {
  const { error } = console;
  const logged: unknown[] = [];
  console.error = (thrown) => void logged.push(thrown);
  try {
    await using pool = new WorkerPool({
      maxWorkers: 1,
      onUncaught() {
        throw new Error("the logger is down");
      },
    });
    await pool.run(breaker, "how", "leaveTimer");
    await until(() => logged.length === 2);
    await goesOn(pool);
  } finally {
    console.error = error;
  }
  assertEquals(logged.map((thrown) => (thrown as Error).name), ["UncaughtError", "UncaughtError"]);
});

Deno.test("WorkerPool.close() works within Task.end()", async () => {
  const { pool } = quietPool();
  const tasks = [1, 2].map((n) => new TestTask(`${n}`, emit, "value", n));
  tasks[0]!.end = () => void pool.close();
  new TestSource(pool, 2).add(...tasks);
  const { error } = await tasks[1]!.ended.promise;
  assertEquals(error?.name ?? "ClosedError", "ClosedError");
  await pool.close();
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 });
});
