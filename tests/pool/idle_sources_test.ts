// Sources that have nothing to do cost a pool nothing: counted are the times that it asks them.

import { assert, assertEquals, assertLess } from "@std/assert";
import { WorkerPool } from "../../faces/pool.ts";
import { Flow } from "../../mod.ts";
import { echo } from "./routines.ts";
import { bind, outcomes, TestSource, TestTask } from "./tasks.ts";

/** A source that counts how often it is asked for what it has. */
class AskedSource extends TestSource {
  asked = 0;

  override get ready(): number {
    this.asked++;
    return super.ready;
  }
}

/** The most that a source is asked from when it is attached until it is known to have nothing. */
const MOST_ASKED = 20;

Deno.test("WorkerPool skips idle sources", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const idle = Array.from({ length: 50 }, () => new AskedSource(pool, 1));
  await using flow = new Flow({ pool }).add("echo", echo);
  for (let i = 0; i < 50; i++) {
    assertEquals((await pool.run(echo, "value", i)).emits[0]?.payload, i);
    await flow.execute("echo.value", i);
  }
  for (const { asked } of idle) assertLess(asked, MOST_ASKED);
});

Deno.test("WorkerPool.wake() serves sources that were idle", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const sources = Array.from({ length: 20 }, () => new AskedSource(pool, 1));
  for (let i = 0; i < 5; i++) await pool.run(echo, "value", i);
  const tasks = sources.flatMap((source, i) => {
    const own = [1, 2, 3].map((n) => new TestTask(`${i}/${n}`, bind(echo), "value", n));
    source.add(...own);
    return own;
  });
  const ended = await outcomes(tasks);
  assert(ended.every(({ error }) => error === undefined));
  assertEquals(sources.map(({ taken }) => taken.length), sources.map(() => 3));
});

Deno.test("FlowOptions.pool serves flows that were idle", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using closing = new AsyncDisposableStack();
  const flows = Array.from(
    { length: 30 },
    (_, i) => closing.use(new Flow({ id: `f${i}`, pool }).add("echo", echo)),
  );
  for (let round = 0; round < 3; round++) {
    const some = flows.filter((_, i) => i % 3 === round);
    const jobs = await Promise.all(some.map((flow) => flow.execute("echo.value", round)));
    assert(jobs.every(({ status }) => status === "completed"));
  }
});
