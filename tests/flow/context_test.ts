import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { collector, emitter } from "../routines/basics.ts";
import { keeper, scribe, teller, vandal, witness } from "../routines/context.ts";
import { ARRIVED, newLatches, reached } from "../routines/latches.ts";
import { logged } from "./logged.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("RoutineContext exposes ids and times of its activation", async () => {
  await using flow = new Flow({ id: "readings", pool }).add("witness", witness);
  const job = await flow.execute("witness.ids", undefined, { jobId: "job_1" });
  const [span] = job.spans;
  const [seen] = logged(job) as [{ before: number; after: number }];
  assert(span !== undefined);
  const { before, after, ...ids } = seen;
  assertEquals<unknown>(ids, {
    flowId: "readings",
    jobId: "job_1",
    routineId: "witness",
    slot: "ids",
    activationId: span.activationId,
    attempt: 1,
    workerId: span.workerId,
    aborted: false,
  });
  const inOrder = [span.startedAt, before, after, span.endedAt];
  assertEquals(inOrder, inOrder.toSorted((a, b) => a - b));
});

Deno.test("ctx.config has the values of defineRoutine()", async () => {
  await using flow = new Flow({ pool }).add("witness", witness);
  const job = await flow.execute("witness.config");
  assertEquals(logged(job), [{ delayMs: 10, unit: "m", nested: { depth: 1 } }]);
});

Deno.test("AddOptions.config overrides fields for one use", async () => {
  await using flow = new Flow({ pool })
    .add("slow", witness, { config: { delayMs: 500, nested: { depth: 2 } } })
    .add("plain", witness);
  const slow = await flow.execute("slow.config");
  const plain = await flow.execute("plain.config");
  assertEquals(logged(slow), [{ delayMs: 500, unit: "m", nested: { depth: 2 } }]);
  assertEquals(logged(plain), [{ delayMs: 10, unit: "m", nested: { depth: 1 } }]);
  assertEquals(witness.config.delayMs, 10);
});

Deno.test("AddOptions.config ignores later changes to the object", async () => {
  const config = { nested: { depth: 3 } };
  await using flow = new Flow({ pool }).add("witness", witness, { config });
  config.nested.depth = 4;
  const job = await flow.execute("witness.config");
  assertEquals(logged(job), [{ delayMs: 10, unit: "m", nested: { depth: 3 } }]);
});

Deno.test("Flow.graph returns isolated copies", async () => {
  await using flow = new Flow({ pool })
    .add("witness", witness)
    .add("emitter", emitter)
    .add("sink", collector)
    .connect("emitter.item", "sink.item", { map: { a: "b" } });
  const before = JSON.stringify(flow.graph);
  const { nodes: [node], connections: [connection] } = flow.graph;
  Object.assign(node?.config ?? {}, { delayMs: 11 });
  Object.assign(connection?.map ?? {}, { a: "c" });
  assertEquals(JSON.stringify(flow.graph), before);
  const job = await flow.execute("witness.config");
  assertEquals(logged(job), [{ delayMs: 10, unit: "m", nested: { depth: 1 } }]);
});

Deno.test("ctx.config refuses changes by a handler", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("witness", witness)
    .connect("witness.again", "witness.config");
  const job = await flow.execute("witness.changesConfig");
  assertEquals(logged(job), [
    "TypeError",
    "TypeError",
    { delayMs: 10, unit: "m", nested: { depth: 1 } },
  ]);
});

Deno.test("ctx.config copies unfreezable values for each activation", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("vandal", vandal);
  const { config } = vandal;
  for (let i = 0; i < 2; i++) {
    const job = await flow.execute("vandal.config");
    assertEquals(logged(job), [[config, 0], [2, true]]);
  }
});

Deno.test("RoutineState.patch() merges fields and shows own changes", async () => {
  await using flow = new Flow({ pool })
    .add("keeper", keeper)
    .connect("keeper.next", "keeper.second");
  const job = await flow.execute("keeper.first");
  assertEquals(logged(job), [
    {},
    { list: ["a"], kept: 1, changed: 2 },
    { list: ["a"], kept: 1, changed: 3 },
  ]);
  assertEquals(job.routineStates, { keeper: { list: ["a"], kept: 1, changed: 3 } });
});

Deno.test("RoutineState is isolated by routine and job", async () => {
  await using flow = new Flow({ pool })
    .add("one", keeper)
    .add("other", keeper)
    .connect("one.next", "other.second");
  const first = await flow.execute("one.first");
  assertEquals(first.routineStates, {
    one: { list: ["a"], kept: 1, changed: 2 },
    other: { changed: 3 },
  });
  const second = await flow.execute("other.second");
  assertEquals(second.routineStates, { other: { changed: 3 } });
  assertEquals(logged(second), [{ changed: 3 }]);
});

Deno.test("SharedLog.append() records time and author in order", async () => {
  await using flow = new Flow({ pool })
    .add("one", scribe)
    .add("other", scribe)
    .connect("one.next", "other.write");
  const { sharedLog } = await flow.execute("one.write", undefined, { jobId: "job_1" });
  assertEquals(
    sharedLog.map(({ routineId, activationId }) => [routineId, activationId]),
    [..."111222"].map((n) => [n === "1" ? "one" : "other", `job_1/${n}`]),
  );
  const [first, second, window] = sharedLog;
  assert(first !== undefined && second !== undefined);
  assertEquals([first.data, second.data], [{ action: "first", at: new Date(0) }, "second"]);
  const { before, after } = window?.data as { before: number; after: number };
  assertLessOrEqual(before, first.timestamp);
  assertLessOrEqual(first.timestamp, second.timestamp);
  assertLessOrEqual(second.timestamp, after);
});

Deno.test("RoutineState.get() hides the state of other routines", async () => {
  await using flow = new Flow({ pool })
    .add("one", keeper)
    .add("other", keeper)
    .connect("one.next", "other.first");
  const job = await flow.execute("one.first");
  const [before, , othersBefore] = logged(job);
  assertEquals([before, othersBefore], [{}, {}]);
});

Deno.test("ctx.progress() arrives after the start of its activation", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("teller", teller);
  const events = flow.events();
  const jobs = Array.from({ length: 200 }, () => flow.start("teller.quickly"));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  await flow.close();
  const types = Map.groupBy(await Array.fromAsync(events), ({ jobId }) => jobId);
  for (const job of jobs) {
    assertEquals(types.get(job.jobId)?.map(({ type }) => type), [
      "job_started",
      "activation_started",
      "activation_progressed",
      "activation_completed",
      "job_completed",
    ]);
  }
});

Deno.test("RoutineContext settles its promises when the activation ends", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("teller", teller);
  for (let i = 0; i < 20; i++) await flow.execute("teller.leavesPromise");
  const job = await flow.execute("teller.tellsPromises");
  assertEquals(logged(job), [{ made: 20, settled: 20 }]);
});

Deno.test("SharedData.has() rejects after the activation's end", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("teller", teller);
  const latches = newLatches();
  await flow.execute("teller.readsLate", { latches });
  await reached(latches, ARRIVED);
  assertEquals((await flow.execute("teller.quickly")).status, "completed");
  assertEquals(pool.stats().lost, 0);
});

Deno.test("WorkerPool tolerates a routine that sets onmessage", async () => {
  await using own = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool: own }).add("teller", teller);
  assertEquals((await flow.execute("teller.setsOnMessage")).status, "completed");
  assertEquals((await flow.execute("teller.quickly")).status, "completed");
});

Deno.test("WorkerPool fails a routine that calls postMessage()", async () => {
  await using flow = new Flow({ pool }).add("teller", teller);
  const { status, error } = await flow.execute("teller.posts");
  assertEquals(status, "failed");
  assertInstanceOf(error, TypeError);
  assertStringIncludes(error.message, "ctx.emit");
});
