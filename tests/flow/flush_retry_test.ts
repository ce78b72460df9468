// Activations that flush, and are executed more than once on real workers and over a real journal.

import { Flow, type FlowOptions, type JobEvent, type JobState } from "@millrace/flow";
import { RepeatMismatchError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { decodeJob, encodeJob } from "../../src/store/snapshot_encoding.ts";
import { Journal } from "../durable/journal.ts";
import { HeldLock } from "../durable/lock.ts";
import { of, until } from "../durable/until.ts";
import { collector } from "../routines/basics.ts";
import { flushing, leaver, type Order } from "../routines/flushing.ts";
import { newLatches } from "../routines/latches.ts";
import { logged } from "./logged.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

const RETRY = { strategy: "retry", maxRetries: 5, delay: 1, backoff: 1 } as const;

function source(options: FlowOptions = {}) {
  return new Flow({ id: "source", pool, maxWorkers: 1, ...options })
    .add("source", flushing, { onError: RETRY })
    .add("sink", collector)
    .connect("source.item", "sink.item");
}

/** Returns the items that the sink of a job has received. */
function received({ sharedData }: JobState): unknown {
  return sharedData.sink;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Pages of other sizes each time. */
const ORDER: Order = { items: 12, attempts: [[4, 9], [3, 7], [5, 11], [7, Infinity]] };
/** The same, without going back: a handler that goes on does not come to an item once more. */
const ONWARD: Order = { items: 12, attempts: [[4, 5], [3, 8], [2, 11], [7, Infinity]] };

for (const by of ["throw", "exit"] as const) {
  for (
    const [slot, order] of [
      ["repeats", ORDER],
      ["goesOn", ONWARD],
      ["goesOnFromData", ONWARD],
    ] as const
  ) {
    Deno.test(`ctx.flush() commits once over retries (${slot} by ${by})`, async () => {
      await using own = new WorkerPool({ maxWorkers: 1 });
      await using flow = source({ pool: by === "exit" ? own : pool, maxCrashes: 9 });
      const job = await flow.execute(`source.${slot}`, { ...order, by });
      assertEquals([job.status, job.counts.retries], ["completed", 3]);
      assertEquals(received(job), numbers(12));
      assertEquals(logged(job), numbers(12));
      assertEquals(job.sharedData.sum, 66);
    });
  }
}

for (const slot of ["repeats", "goesOn", "goesOnFromData", "awaits"] as const) {
  Deno.test(`ctx.flush() commits once over a recovery (${slot})`, async () => {
    using journal = new Journal();
    using lock = await HeldLock.take();
    const waiting: Order = { items: 12, attempts: [[5, Infinity]], waits: [8, lock.name] };
    const make = (highWaterMark: number) => source({ store: journal.store(), highWaterMark });
    {
      await using flow = make(3);
      const events = flow.events();
      flow.start(`source.${slot}`, waiting, { jobId: "job" });
      let flushes = slot === "awaits" ? 2 : 1;
      await until(events, ({ type }) => type === "activation_flushed" && --flushes === 0);
      await flow.flush();
      journal.crash();
      lock[Symbol.dispose]();
    }
    const committed = journal.events("job").flatMap((event) =>
      event.type === "activation_flushed" ? event.committed ?? [] : []
    );
    assert((committed.at(-1)?.emits ?? 0) >= 5);
    await using flow = make(4);
    const [job] = await flow.recover();
    await job?.waitForCompletion();
    assert(job !== undefined);
    assertEquals([job.status, received(job)], ["completed", numbers(12)]);
    if (slot !== "awaits") assertEquals([logged(job), job.sharedData.sum], [numbers(12), 66]);
  });
}

Deno.test("RepeatMismatchError reports payloads that a retry changes", async () => {
  await using flow = source({ onError: "stop" });
  const order: Order = { items: 12, attempts: [[2, 4], [4, Infinity], [4, Infinity]] };
  const job = await flow.execute("source.pages", order);
  assertEquals([job.status, received(job)], ["failed", [[0, 1], [2, 3]]]);
  assertInstanceOf(job.error, RepeatMismatchError);
  assertEquals([job.error.routineId, job.error.slot], ["source", "pages"]);
});

Deno.test("ctx.flush() commits once after a lost worker", async () => {
  await using own = new WorkerPool({ maxWorkers: 1, concurrency: 2 });
  await using flow = new Flow({ pool: own, concurrency: 2, maxCrashes: 9 })
    .add("source", flushing)
    .add("sink", collector)
    .add("leaver", leaver, { onError: RETRY })
    .connect("source.item", "sink.item");
  const latches = newLatches();
  const left = flow.start("leaver.item", { latches });
  const job = await flow.execute("source.latched", { latches });
  assertEquals([job.status, received(job), job.sharedData.updates], ["completed", [0, 1], 1]);
  assertEquals(job.counts.retries, 0);
  await left.waitForCompletion();
});

Deno.test("Flow.rerun() repeats flushes before the failure", async () => {
  using journal = new Journal();
  await using flow = source({ store: journal.store(), onError: "stop" });
  const order: Order = { items: 9, attempts: numbers(6).map(() => [2, 5]) };
  const failed = await flow.execute("source.repeats", order, { jobId: "job" });
  assertEquals([failed.status, received(failed)], ["failed", [0, 1, 2, 3]]);
  const rerun = await flow.rerun("job", { from: "job/1", jobId: "rerun" });
  await rerun.waitForCompletion().catch(() => {});
  assertEquals(received(rerun), [0, 1, 2, 3]);
  assertEquals(rerun.error?.name, "RangeError");
});

/** A store of a version that recorded no commits of flushes. */
class OlderStore extends SqliteStore {
  override append(events: readonly JobEvent[]): void {
    super.append(events.map((event) => {
      if (event.type !== "activation_flushed") return event;
      const { committed: _, ...older } = event;
      return older;
    }));
  }
}

for (const slot of ["repeats", "goesOn"] as const) {
  Deno.test(`ctx.flush() commits once over an older journal (${slot})`, async () => {
    using journal = new Journal();
    using lock = await HeldLock.take();
    const page = [5, Infinity] as const;
    const waiting: Order = { items: 12, attempts: [page, page], waits: [8, lock.name] };
    {
      using store = new OlderStore(journal.path);
      await using flow = source({ store });
      const events = flow.events();
      flow.start(`source.${slot}`, waiting, { jobId: "job" });
      await until(events, of("activation_flushed"));
      await flow.flush();
      journal.crash();
      lock[Symbol.dispose]();
    }
    await using flow = source({ store: journal.store() });
    const [job] = await flow.recover();
    await job?.waitForCompletion();
    assert(job !== undefined);
    assertEquals([job.status, received(job)], ["completed", numbers(12)]);
    assertEquals([logged(job), job.sharedData.sum], [numbers(12), 66]);
  });
}

Deno.test("encodeJob() preserves the commits of flushes", async () => {
  using journal = new Journal();
  await using flow = source({ store: journal.store() });
  await flow.execute("source.goesOn", ONWARD, { jobId: "job" });
  const events = journal.events("job");
  const last = events.findLastIndex(({ type }) => type === "activation_flushed");
  const job = fold(events.slice(0, last + 1));
  const committed = job.live.get("job/1")?.committed;
  assertEquals(committed?.state?.at.emits, committed?.emits);
  assertEquals(decodeJob(encodeJob(job, new Set()), () => undefined), job);
});
