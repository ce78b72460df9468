import { Flow } from "@millrace/flow";
import { ActivationTimeoutError, JobTimeoutError } from "@millrace/flow/errors";
import { type Task, WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { BOUND, next, sharedPool } from "./pools.ts";
import { flaky, keeper, waiter } from "./routines.ts";

const pool = sharedPool(1);

/** Does not report at first that a worker executes a task. */
class UnhurriedPool extends WorkerPool {
  #asked = 0;

  override startedAt(task: Task): number | undefined {
    return this.#asked++ === 0 ? undefined : super.startedAt(task);
  }
}

Deno.test("Policy.queueTimeout fails an unstarted activation", async () => {
  await using flow = new Flow({ pool })
    .add("waiter", waiter)
    .add("keeper", keeper, { queueTimeout: 30 });
  const latches = newLatches();
  const first = flow.start("waiter.deaf", { latches });
  await reached(latches, ARRIVED);
  const second = await flow.start("keeper.item", 1).waitForCompletion(BOUND);
  assertInstanceOf(second.error, ActivationTimeoutError);
  assertEquals([second.error.clock, second.error.attempt], ["queue", 0]);
  assertMatch(
    second.error.message,
    /^"keeper" was not begun within 30 ms; allow more by queueTimeout/,
  );
  assertEquals([second.spans, second.sharedData], [[], {}]);
  arrive(latches, RELEASED);
  assertEquals((await first.waitForCompletion(BOUND)).status, "completed");
});

Deno.test("Policy.queueTimeout stops counting at the start", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter, { queueTimeout: 300 });
  await flow.preload();
  const latches = newLatches();
  const job = flow.start("waiter.deaf", { latches });
  await reached(latches, ARRIVED);
  // By then its time would be up.
  const later = flow.start("waiter.deaf", { latches }, { delay: 100 });
  assertEquals((await later.waitForCompletion(BOUND)).status, "failed");
  assertEquals(job.status, "running");
  arrive(latches, RELEASED);
  assertEquals((await job.waitForCompletion(BOUND)).status, "completed");
});

Deno.test("Policy.queueTimeout begins after StartOptions.delay", async () => {
  await using flow = new Flow({ pool }).add("keeper", keeper, { queueTimeout: 900 });
  await flow.preload();
  const job = await flow.start("keeper.item", 1, { delay: 1_000 }).waitForCompletion(BOUND);
  assertEquals(job.status, "completed");
});

Deno.test("Policy.runTimeout aborts the handler without losing a worker", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter, { runTimeout: 60 });
  await flow.preload();
  const { live } = pool.stats();
  const latches = newLatches();
  const progressed = next(flow, "activation_progressed");
  const job = await flow.start("waiter.heedful", { latches }).waitForCompletion(BOUND);
  assertInstanceOf(job.error, ActivationTimeoutError);
  assertEquals([job.error.clock, job.error.attempt, countOf(latches, ABORTED)], ["run", 1, 1]);
  assertMatch(job.error.message, /^"waiter" did not end within 60 ms; allow more by runTimeout/);
  const { name, message } = (await progressed).data as { name: string; message: string };
  assertEquals([name, message], ["ActivationTimeoutError", job.error.message]);
  // The error of the handler is its cause.
  assertInstanceOf(job.error.cause, TypeError);
  assertEquals(job.error.cause.message, "stopped half way");
  assertEquals([pool.stats().live, pool.stats().lost], [live, 0]);
});

Deno.test("Policy.runTimeout applies to each attempt", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter, {
    runTimeout: 60,
    onError: { strategy: "retry", maxRetries: 2, delay: 0 },
  });
  await flow.preload();
  const latches = newLatches();
  const job = await flow.start("waiter.heedful", { latches }).waitForCompletion(BOUND);
  assertInstanceOf(job.error, ActivationTimeoutError);
  assertEquals([job.error.clock, job.error.attempt, job.counts.retries], ["run", 3, 2]);
  assertEquals(countOf(latches, ARRIVED), 3);
});

Deno.test("Policy.totalTimeout ends an activation between retries", async () => {
  await using flow = new Flow({ pool }).add("flaky", flaky, {
    totalTimeout: 400,
    onError: { strategy: "retry", maxRetries: Infinity, delay: 20, backoff: 1 },
  });
  await flow.preload();
  const job = await flow.start("flaky.item", { fails: Infinity }).waitForCompletion(BOUND);
  assertEquals(job.status, "failed");
  assert(job.counts.retries > 0);
  assert(job.error !== undefined);
  // A retry that would come too late is not waited for: then the error is that of the last attempt.
  if (job.error instanceof ActivationTimeoutError) assertEquals(job.error.clock, "total");
  else assertMatch(job.error.message, /^attempt \d+ fails$/);
});

Deno.test("Policy.totalTimeout aborts an executing attempt", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter, {
    totalTimeout: 60,
    onError: { strategy: "retry", maxRetries: 5, delay: 0 },
  });
  await flow.preload();
  const latches = newLatches();
  const job = await flow.start("waiter.heedful", { latches }).waitForCompletion(BOUND);
  assertInstanceOf(job.error, ActivationTimeoutError);
  assertEquals([job.error.clock, job.counts.retries, countOf(latches, ARRIVED)], ["total", 0, 1]);
  assertMatch(
    job.error.message,
    /did not succeed, retries included, within 60 ms; .* totalTimeout/,
  );
});

Deno.test("Policy.totalTimeout counts tasks waiting at a worker", async () => {
  await using unhurried = new UnhurriedPool({ maxWorkers: 1 });
  const store = new MemoryStore();
  const hour = 3_600_000;
  await using flow = new Flow({ id: "late", pool: unhurried, store, countOutages: true })
    .add("waiter", waiter, { totalTimeout: hour });
  await flow.preload();
  const latches = newLatches();
  const entry = { routineId: "waiter", slot: "heedful", payload: { latches } };
  const activation = { ...entry, activationId: "job/1" };
  // Of its time as much is left as a warm worker needs to begin it.
  const at = { jobId: "job", at: Date.now() - hour + 1_500 };
  {
    using _open = store.open({ flowId: "late", lines: [] });
    store.append([{ type: "job_started", ...at, seq: 1, flowId: "late", activation }]);
  }
  const [job] = await flow.recover({ changed: "continue" });
  await job?.waitForCompletion(BOUND);
  assertInstanceOf(job?.error, ActivationTimeoutError);
  assertEquals([job.error.clock, countOf(latches, ABORTED)], ["total", 1]);
});

Deno.test("Policy.totalTimeout ends a queued activation", async () => {
  await using flow = new Flow({ pool })
    .add("waiter", waiter)
    .add("keeper", keeper, { totalTimeout: 30 });
  const latches = newLatches();
  const first = flow.start("waiter.deaf", { latches });
  await reached(latches, ARRIVED);
  const job = await flow.start("keeper.item", 1).waitForCompletion(BOUND);
  assertInstanceOf(job.error, ActivationTimeoutError);
  assertEquals(job.error.clock, "total");
  arrive(latches, RELEASED);
  await first.waitForCompletion(BOUND);
});

Deno.test("StartOptions.timeout fails the job and aborts activations", async () => {
  await using flow = new Flow({ id: "timed", pool }).add("waiter", waiter);
  await flow.preload();
  const latches = newLatches();
  const job = flow.start("waiter.heedful", { latches }, { timeout: 60 });
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, countOf(latches, ABORTED)], ["failed", countOf(latches, ARRIVED)]);
  assertInstanceOf(job.error, JobTimeoutError);
  assertMatch(
    job.error.message,
    /did not end by \d.+Z, when its time was up; allow more by timeout, /,
  );
  assertEquals([job.error.jobId, job.error.flowId], [job.jobId, "timed"]);
});

Deno.test("StartOptions.timeout fails a paused job", async () => {
  await using flow = new Flow({ pool }).add("keeper", keeper);
  const job = flow.start("keeper.item", 1, { timeout: 30 });
  flow.pause(job);
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.sharedData], ["failed", {}]);
  assertInstanceOf(job.error, JobTimeoutError);
});

Deno.test("Policy.runTimeout affects only its own job", async () => {
  await using flow = new Flow({ pool }).add("waiter", waiter, { runTimeout: 60 }).add(
    "keeper",
    keeper,
  );
  await flow.preload();
  const job = flow.start("waiter.heedful", { latches: newLatches() });
  const others = [1, 2, 3].map((n) => flow.start("keeper.item", n));
  await Promise.all([job, ...others].map((job) => job.waitForCompletion(BOUND)));
  assertEquals(job.status, "failed");
  assertEquals(others.map(({ sharedData }) => sharedData.kept), [[1], [2], [3]]);
});
