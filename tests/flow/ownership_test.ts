import { Flow } from "@millrace/flow";
import { ClosedError, DuplicateFlowError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { HeldLock } from "../durable/lock.ts";
import { gated, keep } from "../durable/routines.ts";
import { of, until } from "../durable/until.ts";

/** A store in memory, or in a file that is gone with the test. */
interface Made extends Disposable {
  readonly store: Store;
}

const STORES: Readonly<Record<string, () => Made>> = {
  MemoryStore: () => ({ store: new MemoryStore(), [Symbol.dispose]() {} }),
  SqliteStore: () => {
    const folder = Deno.makeTempDirSync();
    const store = new SqliteStore(`${folder}/jobs.db`);
    return {
      store,
      [Symbol.dispose]() {
        store.close();
        Deno.removeSync(folder, { recursive: true });
      },
    };
  },
};

function keeping(id: string, store: Store, pool: WorkerPool) {
  return new Flow({ id, store, pool }).add("keep", keep).add("gate", gated);
}

for (const [name, make] of Object.entries(STORES)) {
  Deno.test(`Flow.close() leaves a shared ${name} open`, async () => {
    using made = make();
    await using pool = new WorkerPool({ maxWorkers: 1 });
    const { store } = made;
    await using a = keeping("a", store, pool);
    const b = keeping("b", store, pool);
    await b.execute("keep.item", 1, { jobId: "of b" });
    await a.execute("keep.item", 1, { jobId: "of a" });
    await b.close();
    assertEquals((await a.execute("keep.item", 2)).status, "completed");
    await a.close();
    assertEquals(store.read("of b")?.events.at(-1)?.type, "job_completed");
    assertEquals(store.jobs({ flowId: "a" }).length, 2);
  });

  Deno.test(`Flow.start() leaves a ${name} if the pool refuses`, async () => {
    using made = make();
    await using closed = new WorkerPool({ maxWorkers: 1 });
    await closed.close();
    await using flow = keeping("twin", made.store, closed);
    for (let i = 0; i < 2; i++) {
      assertThrows(() => flow.start("keep.item", 1), ClosedError, "the pool is closed");
      await assertRejects(() => flow.execute("keep.item", 1), ClosedError, "the pool is closed");
    }
    await using pool = new WorkerPool({ maxWorkers: 1 });
    await using other = keeping("twin", made.store, pool);
    assertEquals((await other.execute("keep.item", 2)).status, "completed");
  });

  Deno.test(`DuplicateFlowError reports a flow id in use (${name})`, async () => {
    using made = make();
    await using pool = new WorkerPool({ maxWorkers: 1 });
    const first = keeping("twin", made.store, pool);
    await using second = keeping("twin", made.store, pool);
    const job = await first.execute("keep.item", 1);
    await assertRejects(() => second.execute("keep.item", 2), DuplicateFlowError, '"twin"');
    assertThrows(() => second.start("keep.item", 2), DuplicateFlowError);
    await assertRejects(() => second.recover(), DuplicateFlowError);
    assertEquals(made.store.jobs().map(({ jobId }) => jobId), [job.jobId]);
    // It is free again when the first has been closed.
    await first.close();
    assertEquals((await second.execute("keep.item", 2)).status, "completed");
  });
}

Deno.test("WorkerPool.close() leaves stored jobs recoverable", async () => {
  using made = STORES.SqliteStore!();
  using lock = await HeldLock.take();
  {
    const pool = new WorkerPool({ maxWorkers: 1 });
    await using flow = keeping("left", made.store, pool);
    const events = flow.events();
    const job = flow.start("gate.lock", lock.name, { jobId: "running" });
    flow.start("keep.item", 1, { jobId: "delayed", delay: 3_600_000 });
    await until(events, of("activation_started"));
    const ended = assertRejects(() => job.waitForCompletion(), ClosedError, "the pool");
    await pool.close();
    await ended;
    assertEquals(flow.status, "closed");
    assertThrows(() => flow.start("keep.item", 2), ClosedError, "the pool");
    await assertRejects(() => flow.recover(), ClosedError, "the pool");
  }
  lock[Symbol.dispose]();
  assertEquals(made.store.jobs({ status: ["failed", "cancelled"] }), []);
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = keeping("left", made.store, pool);
  const jobs = await flow.recover();
  assertEquals(jobs.map(({ jobId }) => jobId), ["running", "delayed"]);
  assertEquals((await jobs[0]?.waitForCompletion())?.status, "completed");
});

Deno.test("CloseOptions.jobs cancels before or after WorkerPool.close()", async () => {
  for (const isPoolFirst of [true, false]) {
    using made = STORES.SqliteStore!();
    using lock = await HeldLock.take();
    const pool = new WorkerPool({ maxWorkers: 1 });
    const flow = keeping("left", made.store, pool);
    const events = flow.events();
    flow.start("gate.lock", lock.name, { jobId: "running" });
    flow.start("keep.item", 1, { jobId: "delayed", delay: 3_600_000 });
    await until(events, of("activation_started"));
    if (isPoolFirst) await pool.close();
    await flow.close({ jobs: "cancel" });
    await pool.close();
    assertEquals(made.store.jobs({ status: "cancelled" }).length, 2);
  }
});

Deno.test("WorkerPool.close() cancels jobs in a MemoryStore", async () => {
  using lock = await HeldLock.take();
  const pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = keeping("gone", new MemoryStore(), pool);
  const events = flow.events();
  const job = flow.start("gate.lock", lock.name);
  await until(events, of("activation_started"));
  await pool.close();
  assertEquals((await job.waitForCompletion()).status, "cancelled");
  await assertRejects(() => flow.recover(), ClosedError, "the pool");
});
