// One signal for all that a server does, as one for its shutdown: each listener that a signal has makes
// the next more expensive, so they are counted.

import { Flow } from "@millrace/flow";
import { JobCancelledError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { countedSignal } from "../data/counted_signal.ts";
import { collector } from "../routines/basics.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();
const MANY = 200;

function sink(maxQueued = Infinity) {
  return new Flow({ pool, maxQueued }).add("sink", collector);
}

Deno.test("Flow.start() shares one listener per signal", async () => {
  await using flow = sink();
  const { signal, listeners } = countedSignal();
  const jobs = Array.from({ length: MANY }, (_, i) => flow.start("sink.item", i, { signal }));
  const ends = jobs.map((job) => job.waitForCompletion({ signal }));
  const readers = jobs.map(({ jobId }) => Array.fromAsync(flow.events({ jobId, signal })));
  assertEquals(listeners.added, 1);
  await within(Promise.all([...ends, ...readers]));
  assertEquals([listeners.added, listeners.present], [1, 0]);
});

Deno.test("Flow.execute() shares its listener with WorkerPool.run()", async () => {
  await using flow = sink();
  await flow.preload();
  const { signal, listeners } = countedSignal();
  const executed = Array.from({ length: MANY }, (_, i) => flow.execute("sink.item", i, { signal }));
  const runs = Array.from({ length: MANY }, (_, i) => pool.run(collector, "item", i, { signal }));
  await within(Promise.all([...executed, ...runs]));
  assertEquals(listeners.present, 0);
  assertEquals(listeners.added, 1);
});

Deno.test("Flow.execute() shares one listener while waiting for room", async () => {
  await using flow = sink(1);
  await flow.preload();
  flow.pause();
  const held = flow.start("sink.item", 0);
  const { controller, signal, listeners } = countedSignal();
  const options = { signal, whenFull: "wait" } as const;
  const waiting = Array.from({ length: MANY }, (_, i) => flow.execute("sink.item", i, options));
  const ends = Promise.allSettled(waiting);
  // They load their routine first, each in its own time.
  while (listeners.present === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await flow.preload();
  assertEquals(listeners.present, 1);
  controller.abort(new Error("shutdown"));
  assertEquals((await within(ends)).filter(({ status }) => status === "rejected").length, MANY);
  assertEquals(listeners.added, 1);
  flow.resume();
  assertEquals((await held.waitForCompletion()).status, "completed");
});

Deno.test("StartOptions.signal cancels all its jobs and waits", async () => {
  await using flow = sink();
  flow.pause();
  const { controller, signal, listeners } = countedSignal();
  const jobs = Array.from({ length: MANY }, (_, i) => flow.start("sink.item", i, { signal }));
  const other = flow.start("sink.item", "other");
  const readers = Promise.all(
    jobs.map(({ jobId }) => Array.fromAsync(flow.events({ jobId, signal }))),
  );
  const waits = Promise.all(
    jobs.map((job) => assertRejects(() => job.waitForCompletion({ signal }), Error, "shutdown")),
  );
  const runs = Promise.all(
    Array.from({ length: MANY }, () =>
      assertRejects(
        () => pool.run(collector, "item", 1, { signal }),
        Error,
        "shutdown",
      )),
  );
  assertEquals(listeners.added, 1);
  const reason = new Error("shutdown");
  controller.abort(reason);
  await within(Promise.all([waits, readers, runs]));
  for (const job of jobs) {
    await job.waitForCompletion();
    assertInstanceOf(job.error, JobCancelledError);
    assertEquals([job.status, job.error.cause], ["cancelled", reason]);
  }
  flow.resume();
  assertEquals((await other.waitForCompletion()).status, "completed");
});

Deno.test("StartOptions.signal cancels a job aborted by its payload", async () => {
  await using flow = sink();
  const controller = new AbortController();
  const payload = {
    get field() {
      controller.abort();
      return 1;
    },
  };
  const job = flow.start("sink.item", payload, { signal: controller.signal });
  assertEquals((await within(job.waitForCompletion())).status, "cancelled");
});
