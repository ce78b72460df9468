import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { WorkerPool } from "../../faces/pool.ts";
import { reviveError } from "../../src/data/serialized_error.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { porter } from "../routines/ports.ts";
import { breaker, echo, ignorer, spinner, waiter } from "./routines.ts";
import { bind, greatestOverlap, outcomes, TestSource, TestTask } from "./tasks.ts";
import { until } from "./until.ts";

const spin = bind(spinner);
const emit = bind(echo);
const wait = bind(waiter);
const hold = bind(gate);
const ignore = bind(ignorer);
/** Not known to the worker when it is sent to it first. */
const late = bind(ignorer);

/** Tasks that keep their workers until they are released. */
function spinning(latches: SharedArrayBuffer, count: number): TestTask[] {
  return Array.from({ length: count }, (_, i) => new TestTask(`${i}`, hold, "spin", { latches }));
}

/** Lets a pool find out that those tasks are quick, so that several go to a worker together. */
async function knownAsQuick(source: TestSource): Promise<void> {
  const tasks = spinning(released(), 50);
  source.add(...tasks);
  await outcomes(tasks);
}

function nested(depth: number): unknown {
  let value: unknown;
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}

function released(): SharedArrayBuffer {
  const latches = newLatches();
  arrive(latches, RELEASED);
  return latches;
}

function spins(count: number, ms: number, name = "a"): TestTask[] {
  return Array.from({ length: count }, (_, i) => new TestTask(`${name}${i}`, spin, "ms", ms));
}

Deno.test("WorkerPool executes a single-worker source in order", async () => {
  await using pool = new WorkerPool({ maxWorkers: 3 });
  const source = new TestSource(pool, 1);
  const tasks = spins(200, 0.05);
  source.add(...tasks);
  const ended = await outcomes(tasks);
  const starts = ended.map(({ execution }) => execution?.startedAt ?? 0);
  assertEquals(starts, starts.toSorted((a, b) => a - b));
  assertEquals(new Set(ended.map(({ execution }) => execution?.workerId)).size, 1);
  assertEquals(pool.stats().live, 1);
});

Deno.test("TaskSource.maxWorkers bounds the workers of a source", async () => {
  await using pool = new WorkerPool({ maxWorkers: 4 });
  const wide = new TestSource(pool, 4);
  const narrow = new TestSource(pool, 2);
  const others = spins(100, 1, "wide");
  const tasks = spins(100, 1, "narrow");
  wide.add(...others);
  narrow.add(...tasks);
  assert(greatestOverlap(await outcomes(tasks)) <= 2);
  assert(greatestOverlap(await outcomes(others)) <= 4);
});

Deno.test("WorkerPool does not starve a small source", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const much = new TestSource(pool, 1);
  const little = new TestSource(pool, 1);
  const tasks = spins(1_000, 0.2, "much");
  const [one] = spins(1, 0, "little") as [TestTask];
  much.add(...tasks);
  await tasks[0]?.ended.promise;
  little.add(one);
  await one.ended.promise;
  assert(tasks.filter(({ calls }) => calls.includes("end")).length < 500);
  await outcomes(tasks);
});

Deno.test("WorkerPool does not starve a transferring task", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const much = new TestSource(pool, 1);
  const moving = new TestSource(pool, 1);
  const tasks = spins(1_000, 0.2, "much");
  const bytes = new Uint8Array(8);
  const one = new TestTask("one", emit, "value", bytes, [bytes.buffer]);
  much.add(...tasks);
  await tasks[0]?.ended.promise;
  moving.add(one);
  await one.ended.promise;
  assert(tasks.filter(({ calls }) => calls.includes("end")).length < 500);
  await outcomes(tasks);
});

Deno.test("WorkerPool serves transferring tasks between two busy sources", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const [first, second, moving] = [1, 2, 3].map(() => new TestSource(pool, 1));
  const tasks = [...spins(1_000, 0.2, "first"), ...spins(1_000, 0.2, "second")];
  first?.add(...tasks.slice(0, 1_000));
  second?.add(...tasks.slice(1_000));
  await tasks[0]?.ended.promise;
  for (let i = 0; i < 5; i++) {
    const bytes = new Uint8Array(8);
    const one = new TestTask("one", emit, "value", bytes, [bytes.buffer]);
    moving?.add(one);
    await one.ended.promise;
  }
  assert(tasks.filter(({ calls }) => calls.includes("end")).length < 1_000);
  await outcomes(tasks);
});

Deno.test("WorkerPool alternates between sources that transfer", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const [first, second, plain] = [1, 2, 3].map(() => new TestSource(pool, 1));
  const moving = (name: string) =>
    Array.from({ length: 100 }, (_, i) => {
      const bytes = new Uint8Array(8);
      return new TestTask(`${name}${i}`, emit, "value", bytes, [bytes.buffer]);
    });
  const [ones, others, rest] = [moving("one"), moving("other"), spins(1_000, 0)];
  plain?.add(...rest);
  first?.add(...ones);
  second?.add(...others);
  await ones.at(-1)?.ended.promise;
  const count = (tasks: TestTask[]) => tasks.filter(({ calls }) => calls.includes("end")).length;
  assert(count(others) >= 90, `${count(others)} of the other's 100`);
  assert(count(rest) >= 90, `${count(rest)} of the rest's 1000`);
  await outcomes([...others, ...rest]);
});

Deno.test("WorkerPool queues nothing behind a routine's first task", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  const latches = newLatches();
  const tasks = spinning(latches, 3);
  source.add(...tasks);
  await reached(latches, ARRIVED);
  assertEquals(source.taken, tasks.slice(0, 1));
  arrive(latches, RELEASED);
  await outcomes(tasks);
});

Deno.test("WorkerPool begins tasks in order over all workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const source = new TestSource(pool, 2);
  await knownAsQuick(source);
  // A worker whose thread does not get a core for two milliseconds loses its tasks, and may begin with a later one.
  for (let isInOrder = false, rounds = 1; !isInOrder; rounds++) {
    assert(rounds <= 10, "no round began in order");
    const latches = newLatches();
    const tasks = spinning(latches, 6);
    source.add(...tasks);
    const hasBegun = ({ calls }: TestTask) => calls.length > 0;
    await until(() => tasks.filter(hasBegun).length >= 2);
    isInOrder = tasks.slice(0, 2).every(hasBegun) && !tasks.slice(2).some(hasBegun);
    arrive(latches, RELEASED);
    await outcomes(tasks);
  }
});

Deno.test("WorkerPool moves tasks queued behind a slow one", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const source = new TestSource(pool, 2);
  await knownAsQuick(source);
  const latches = newLatches();
  const [slow] = spinning(latches, 1) as [TestTask];
  const quick = spinning(released(), 20);
  source.add(slow, ...quick);
  const ended = await outcomes(quick);
  await slow.begun.promise;
  assertEquals(slow.calls, ["begin"]);
  assert(ended.every(({ error }) => error === undefined));
  arrive(latches, RELEASED);
  assertEquals((await slow.ended.promise).error, undefined);
});

Deno.test("WorkerPool.revoke() succeeds only before a task begins", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  await knownAsQuick(source);
  const latches = newLatches();
  const [first, second] = spinning(latches, 2) as [TestTask, TestTask];
  const [third] = spinning(released(), 1) as [TestTask];
  source.add(first, second, third);
  await reached(latches, ARRIVED);
  assertEquals([pool.revoke(first), pool.revoke(second)], [false, true]);
  arrive(latches, RELEASED);
  await outcomes([first, third]);
  assertEquals(second.calls, []);
});

Deno.test("WorkerPool begins and ends each task once", async () => {
  await using pool = new WorkerPool({ maxWorkers: 3, maxActivations: 20 });
  const source = new TestSource(pool, 3);
  const tasks = Array.from({ length: 400 }, (_, i) => {
    if (i % 40 === 7) return new TestTask(`${i}`, bind(breaker), "how", "exit");
    return i % 10 === 3
      ? new TestTask(`${i}`, spin, "ms", 3)
      : new TestTask(`${i}`, emit, "value", i);
  });
  source.add(...tasks);
  const ended = await outcomes(tasks);
  for (const { calls } of tasks) assertEquals(calls, ["begin", "end"]);
  for (const [i, { error }] of ended.entries()) {
    assertEquals(error?.name, i % 40 === 7 ? "WorkerLostError" : undefined);
  }
  assert(greatestOverlap(ended) <= 3);
});

Deno.test("Task.transfer moves a buffer among copying tasks", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const source = new TestSource(pool, 2);
  const tasks = Array.from({ length: 50 }, (_, i) => {
    const bytes = new Uint8Array(100).fill(i);
    return new TestTask(`${i}`, emit, "value", bytes, i % 2 === 0 ? [bytes.buffer] : undefined);
  });
  source.add(...tasks);
  for (const [i, outcome] of (await outcomes(tasks)).entries()) {
    assertEquals(outcome.error, undefined);
    if (outcome.error === undefined) {
      assertEquals(outcome.effects.emits[0]?.payload, new Uint8Array(100).fill(i));
    }
  }
});

Deno.test("WorkerPool isolates a task that cannot be sent", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  const ignored = Array.from({ length: 50 }, (_, i) => new TestTask(`${i}`, ignore, "value", i));
  source.add(...ignored); // so that several go to a worker together
  await outcomes(ignored);
  const tasks = Array.from({ length: 20 }, (_, i) => {
    return new TestTask(`${i}`, i % 2 ? late : ignore, "value", i === 11 ? () => {} : i);
  });
  source.add(...tasks);
  const failed = (await outcomes(tasks)).map(({ error }) => error?.name);
  assertEquals(failed, tasks.map((_, i) => i === 11 ? "UncloneableValueError" : undefined));
});

Deno.test("WorkerPool isolates a task that cannot be read", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  const ignored = Array.from({ length: 50 }, (_, i) => new TestTask(`${i}`, ignore, "value", i));
  source.add(...ignored);
  await outcomes(ignored);
  // A worker has less room on its stack than its host, so some of them can be sent and not read.
  const depths = Array.from({ length: 60 }, (_, i) => i % 2 ? 1 : 500 + 100 * i);
  const tasks = depths.map((depth) => new TestTask(`${depth}`, late, "value", nested(depth)));
  source.add(...tasks);
  const ended = await outcomes(tasks);
  const shallow = ended.filter((_, i) => depths[i] === 1);
  assert(shallow.every(({ error }) => error === undefined));
  assert(ended.some(({ error }) => error?.message.includes("cannot be read by worker")));
  assertEquals(pool.stats().live, 1);
  const last = new TestTask("last", emit, "value", 1);
  source.add(last);
  assertEquals((await last.ended.promise).execution?.workerId, "w1");
});

Deno.test("WorkerPool.abort() ends a task that has just begun", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  const first = new TestTask("first", wait, "go", undefined);
  source.add(first);
  await first.begun.promise;
  pool.abort(first, new RangeError("before it was claimed, or after"));
  const { error } = await first.ended.promise;
  if (error !== undefined) assertInstanceOf(reviveError(error), RangeError);
});

Deno.test("WorkerPool fails a task whose payload was moved behind a message that cannot be read", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 2 });
  const source = new TestSource(pool, 2);
  // The message that cannot be read introduces the routine of both.
  const porting = bind(porter);
  const { port1, port2 } = new MessageChannel();
  const deep = new TestTask("deep", porting, "port", nested(2_900));
  const moved = new TestTask("moved", porting, "port", { port: port2 }, [port2]);
  source.add(deep, moved);
  for (const { error } of await outcomes([deep, moved])) {
    assertMatch(error?.message ?? "", /cannot be read by worker w1/);
  }
  port1.close();
});

Deno.test("WorkerPool.recycle() renews workers during work", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await pool.load([spin], 2);
  const source = new TestSource(pool, 2);
  const before = spins(20, 2, "before");
  source.add(...before);
  await before[0]?.ended.promise;
  pool.recycle();
  const after = spins(20, 2, "after");
  source.add(...after);
  const ended = await outcomes([...before, ...after]);
  assert(ended.every(({ error }) => error === undefined));
  assert(greatestOverlap(ended) <= 2);
  const workers = new Set(ended.slice(before.length).map(({ execution }) => execution?.workerId));
  assertEquals(workers.intersection(new Set(["w1", "w2"])).size, 0, `${[...workers]}`);
});

Deno.test("WorkerPoolOptions.maxActivations bounds the activations of a worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, maxActivations: 10 });
  const runs = await Promise.all(
    Array.from({ length: 30 }, () => pool.run(spinner, "ms", 0)),
  );
  const workers = runs.map(({ emits }) => emits[0]?.payload);
  assertEquals(new Set(workers), new Set(["w1", "w2", "w3"]));
});

Deno.test("WorkerPool.close() ends tasks and fails sources", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const source = new TestSource(pool, 1);
  const task = new TestTask("task", wait, "go", undefined);
  source.add(task);
  await task.begun.promise;
  await pool.close();
  assertEquals((await task.ended.promise).error?.name, "ClosedError");
  assertEquals(source.failure?.name, "ClosedError");
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 });
});
