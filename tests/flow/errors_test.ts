import { Flow, MillraceError } from "@millrace/flow";
import { ThrownValueError } from "@millrace/flow/errors";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { emitter } from "../routines/basics.ts";
import { thrower } from "../routines/errors.ts";
import { crowd, gate } from "../routines/gates.ts";
import { ABORTED, ARRIVED, countOf, newLatches } from "../routines/latches.ts";
import { looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

type Slot = keyof typeof thrower.slots;
type Fields = Error & Record<string, unknown>;

/** What a job's error is if its handler throws in this way. */
async function thrownIn(slot: Slot, payload?: unknown): Promise<Fields> {
  await using flow = looseFlow({ id: "errors", pool }).add("thrower", thrower);
  const job = await flow.execute(`thrower.${slot}`, payload, { jobId: "job_1" });
  assertEquals(job.status, "failed");
  assert(job.error !== undefined);
  return job.error as Fields;
}

Deno.test("a handler that throws fails its job with that error", async () => {
  const error = await thrownIn("plain", "out of paper");
  assertStrictEquals(Object.getPrototypeOf(error), Error.prototype);
  assertEquals(error.message, "out of paper");
});

Deno.test("a handler whose promise rejects fails its job in the same way", async () => {
  assertEquals((await thrownIn("rejects")).message, "later, yet awaited");
});

Deno.test("a field that an error calls errors, and that holds none, arrives as it is", async () => {
  assertEquals((await thrownIn("ownErrors")).errors, [{ field: "age", rule: "min" }]);
});

Deno.test("a field that cannot be sent arrives as text, and the others as they are", async () => {
  const error = await thrownIn("unwritable");
  assertEquals([error.retry, error.when], ["Symbol(again)", new Date(0)]);
});

Deno.test("an error that is its own cause arrives", async () => {
  assertEquals((await thrownIn("cycle")).message, "its own cause");
});

Deno.test("what is thrown and is no Error is the value of a ThrownValueError", async () => {
  for (const value of ["no", 7, null, undefined, { code: 1 }]) {
    const error = await thrownIn("value", value);
    assertInstanceOf(error, ThrownValueError);
    assertInstanceOf(error, MillraceError);
    assertEquals(error.value, value);
  }
});

Deno.test("a failed activation leaves nothing but its failure", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower);
  const job = await flow.execute("thrower.afterEffects");
  assertEquals(job.error?.message, "after all that");
  assertEquals([job.sharedData, job.sharedLog, job.routineStates], [{}, [], {}]);
  assertEquals(job.executionHistory.map(({ event }) => event), ["queued", "started", "failed"]);
  assertEquals([job.counts.known, job.counts.failed, job.counts.unrouted], [1, 1, 0]);
});

Deno.test("a failure drops what its job has queued and stops what it executes", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 })
    .add("crowd", crowd)
    .add("gate", gate)
    .connect("crowd.one", "gate.stoppable")
    .connect("crowd.other", "gate.failsOnceOthersArrived")
    .connect("crowd.other", "gate.stoppable");
  const latches = newLatches();
  const job = await flow.execute("crowd.couple", { latches });
  assertEquals([job.status, job.error?.message], ["failed", "others were at it"]);
  assertEquals(countOf(latches, ABORTED), countOf(latches, ARRIVED));
  const { completed, failed, cancelled } = job.counts;
  assertEquals({ completed, failed, cancelled }, { completed: 1, failed: 1, cancelled: 2 });
  const dropped = job.executionHistory.filter(({ event }) => event === "cancelled");
  assertEquals(dropped.map(({ slot }) => slot), ["stoppable", "stoppable"]);
});

Deno.test("a job that fails leaves its neighbours alone", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower).add("emitter", emitter);
  const jobs = [1, 2, 3].map((n) => flow.start("emitter.items", [n]));
  const failing = flow.start("thrower.plain", "alone");
  const ended = await Promise.all([...jobs, failing].map((job) => job.waitForCompletion()));
  const statuses = ended.map(({ status }) => status);
  assertEquals(statuses, ["completed", "completed", "completed", "failed"]);
});
