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

/** Returns the error of a job whose handler throws in this way. */
async function thrownIn(slot: Slot, payload?: unknown): Promise<Fields> {
  await using flow = looseFlow({ id: "errors", pool }).add("thrower", thrower);
  const job = await flow.execute(`thrower.${slot}`, payload, { jobId: "job_1" });
  assertEquals(job.status, "failed");
  assert(job.error !== undefined);
  return job.error as Fields;
}

Deno.test("JobState.error is the error that a handler throws", async () => {
  const error = await thrownIn("plain", "out of paper");
  assertStrictEquals(Object.getPrototypeOf(error), Error.prototype);
  assertEquals(error.message, "out of paper");
});

Deno.test("JobState.error is the reason of a rejected handler", async () => {
  assertEquals((await thrownIn("rejects")).message, "later, yet awaited");
});

Deno.test("JobState.error carries an own field named errors", async () => {
  assertEquals((await thrownIn("ownErrors")).errors, [{ field: "age", rule: "min" }]);
});

Deno.test("JobState.error turns unsendable fields into text", async () => {
  const error = await thrownIn("unwritable");
  assertEquals([error.retry, error.when], ["Symbol(again)", new Date(0)]);
});

Deno.test("JobState.error carries an error that causes itself", async () => {
  assertEquals((await thrownIn("cycle")).message, "its own cause");
});

Deno.test("ThrownValueError.value holds a thrown non-error", async () => {
  for (const value of ["no", 7, null, undefined, { code: 1 }]) {
    const error = await thrownIn("value", value);
    assertInstanceOf(error, ThrownValueError);
    assertInstanceOf(error, MillraceError);
    assertEquals(error.value, value);
  }
});

Deno.test("Flow discards all effects of a failed activation", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower);
  const job = await flow.execute("thrower.afterEffects");
  assertEquals(job.error?.message, "after all that");
  assertEquals([job.sharedData, job.sharedLog, job.routineStates], [{}, [], {}]);
  assertEquals(job.executionHistory.map(({ event }) => event), ["queued", "started", "failed"]);
  assertEquals([job.counts.known, job.counts.failed, job.counts.unrouted], [1, 1, 0]);
});

Deno.test("Flow stops all other activations of a failed job", async () => {
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

Deno.test("Flow isolates jobs from the failure of another", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower).add("emitter", emitter);
  const jobs = [1, 2, 3].map((n) => flow.start("emitter.items", [n]));
  const failing = flow.start("thrower.plain", "alone");
  const ended = await Promise.all([...jobs, failing].map((job) => job.waitForCompletion()));
  const statuses = ended.map(({ status }) => status);
  assertEquals(statuses, ["completed", "completed", "completed", "failed"]);
});
