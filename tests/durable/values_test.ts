import { Flow } from "@millrace/flow";
import { StoreValueError } from "@millrace/flow/errors";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { isSame } from "../../src/store/conformance/is_same.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { blobs, count, gated, keep, MANY_TYPES } from "./routines.ts";

const pool = sharedPool();

function values(journal: Journal) {
  return new Flow({ id: "values", store: journal.store(), pool })
    .add("first", keep)
    .add("last", keep)
    .add("gate", gated)
    .add("blobs", blobs, { onErrorOf: { StoreValueError: "continue" } })
    .add("strict", blobs)
    .add("count", count)
    .connect("first.item", "last.item")
    .connect("blobs.item", "count.item")
    .connect("strict.item", "count.item");
}

Deno.test("JobState.sharedData preserves types across restarts", async () => {
  using journal = new Journal();
  {
    await using flow = values(journal);
    const job = flow.start("first.item", MANY_TYPES(), { jobId: "job" });
    flow.pause(job);
  }
  {
    await using flow = values(journal);
    const [job] = await flow.recover();
    flow.resume("job");
    await job?.waitForCompletion();
  }
  await using flow = values(journal);
  const job = flow.job("job");
  assert(job !== undefined);
  assert(isSame(job.sharedData, { first: MANY_TYPES(), last: MANY_TYPES() }));
  assert(isSame(job.routineStates.last, { item: MANY_TYPES() }));
  const emitted = job.executionHistory.find(({ event }) => event === "emitted");
  assert(isSame(emitted?.data?.payload, MANY_TYPES()));
});

Deno.test("Flow.start() and Flow.signal() refuse unstorable payloads", async () => {
  using journal = new Journal();
  await using flow = values(journal);
  const files = [new Blob(["x"])];
  const error = assertThrows(() => flow.start("first.item", { files }), StoreValueError, "Blob");
  assertEquals(error.path, "payload.files[0]");
  using lock = await HeldLock.take();
  const job = flow.start("gate.lock", lock.name);
  assertThrows(() => flow.signal(job, "approval", { files }), StoreValueError, "payload.files[0]");
  lock[Symbol.dispose]();
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("Flow.add() refuses an unstorable fallback", () => {
  using journal = new Journal();
  using store = journal.store();
  const fallback = { event: "item", payload: { data: new Blob(["x"]) } } as const;
  const onError = { strategy: "skip", fallback } as const;
  assertThrows(() => new Flow({ store, onError }), StoreValueError, "fallback.data");
  const then = { strategy: "retry", then: onError } as const;
  const flow = new Flow({ store });
  const add = () => flow.add("keep", keep, { onErrorOf: { TypeError: then } });
  assertThrows(add, StoreValueError, 'fallback of "keep".data');
  assertEquals(flow.graph.nodes, []);
});

for (const by of ["emit", "data", "log", "state", "flush"] as const) {
  Deno.test(`StoreValueError fails only the activation with unstorable ${by}`, async () => {
    using journal = new Journal();
    await using flow = values(journal);
    const [failed, handled, other] = await Promise.all([
      flow.execute("strict.by", by, { jobId: "failed" }),
      flow.execute("blobs.by", by),
      flow.execute("first.item", 1),
    ]);
    assertEquals([failed.status, handled.status, other.status], [
      "failed",
      "completed",
      "completed",
    ]);
    assertEquals([failed.error?.name, handled.errors[0]?.name], [
      "StoreValueError",
      "StoreValueError",
    ]);
    assertStrictEquals(failed.error?.message.includes(".files[0]"), true, failed.error?.message);
    assertEquals([failed.sharedData, failed.sharedLog], [{}, []]);
    assertEquals(journal.events("failed").at(-1)?.type, "job_failed");
  });
}

for (const by of ["progress", "throw"] as const) {
  Deno.test(`Flow continues after an unstorable ${by}`, async () => {
    using journal = new Journal();
    await using flow = values(journal);
    const [job, other] = await Promise.all([
      flow.execute("strict.by", by, { jobId: "job" }),
      flow.execute("first.item", 1),
    ]);
    assertEquals(other.status, "completed");
    const name = by === "throw" ? "Error" : "StoreValueError";
    assertEquals([job.status, job.error?.name], ["failed", name]);
    assert(Deno.inspect(job.error).includes("files[0] is an instance of Blob"));
    assertEquals((await flow.execute("first.item", 2)).status, "completed");
    assertEquals(journal.events("job").at(-1)?.type, `job_${job.status}`);
  });
}
