// A `retryable` function is a user's code that runs on the host, in the midst of a failure: whatever
// it does to the job, to others or to the flow, it is called once, and each stream stays consistent.

import { Flow, type JobEvent, type JobState } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { HandPool } from "./hand_pool.ts";
import { BOUND, next, sharedPool } from "./pools.ts";
import { clerk, flaky, keeper } from "./routines.ts";

const workers = sharedPool(1);

type Office = ReturnType<typeof officeOf>;

/** A flow whose routines fail, or wait in vain, under a policy that asks a function. */
function officeOf(pool: HandPool | undefined, retryable: (error: Error) => boolean) {
  const policy = { onError: { strategy: "retry", maxRetries: 2, delay: 0, retryable } } as const;
  return new Flow({ id: "office", pool: pool ?? workers, store: new MemoryStore() })
    .add("flaky", flaky, policy)
    .add("clerk", clerk, policy)
    .add("keeper", keeper)
    .connect("flaky.done", "keeper.item")
    .connect("clerk.filed", "keeper.item");
}

/** Each job's JobEvents, which must be numbered without a gap and fold to the job as it is. */
async function streamsOf(flow: Office, events: AsyncIterable<JobEvent>, jobs: readonly JobState[]) {
  await flow.close();
  const all = await Array.fromAsync(events);
  return jobs.map((job) => {
    const stream = all.filter(({ jobId }) => jobId === job.jobId);
    assertEquals(stream.map(({ seq }) => seq), stream.map((_, i) => i + 1));
    assertEquals(replay(stream).toJSON(), job.toJSON());
    return stream.map(({ type }) => type);
  });
}

/** Starts a job with a failure: of an attempt, or of a wait for a signal that does not come. */
const FAILURES = {
  attempt: (flow: Office) => flow.start("flaky.item", { fails: 1 }),
  wait: (flow: Office) => flow.start("clerk.ask", 10),
} as const;

/** The events that a retry shows in. */
const RETRIES = ["activation_retrying", "wait_renewed"];

for (const [kind, start] of Object.entries(FAILURES)) {
  Deno.test(`RetryStrategy.retryable can cancel its own job (${kind})`, async () => {
    for (const answer of [true, false]) {
      let calls = 0;
      const flow: Office = officeOf(undefined, () => {
        calls++;
        flow.cancel(job, "not worth it");
        return answer;
      });
      const events = flow.events();
      const job = start(flow);
      await job.waitForCompletion(BOUND);
      assertEquals([job.status, job.counts.retries, calls], ["cancelled", 0, 1]);
      const [types = []] = await streamsOf(flow, events, [job]);
      assertEquals(types.slice(-1), ["job_cancelled"]);
      assertEquals(types.filter((type) => RETRIES.includes(type)), []);
    }
  });

  Deno.test(`RetryStrategy.retryable can pause its own job (${kind})`, async () => {
    const flow: Office = officeOf(undefined, () => {
      flow.pause(job);
      return true;
    });
    const events = flow.events();
    const paused = next(flow, kind === "wait" ? "wait_renewed" : "activation_retrying");
    const job = start(flow);
    await paused;
    assertEquals([job.status, job.counts.retries], ["paused", 1]);
    flow.resume(job);
    if (kind === "wait") flow.signal(job, "approval", "Ada");
    await job.waitForCompletion(BOUND);
    assertEquals(job.status, "completed");
    const [types = []] = await streamsOf(flow, events, [job]);
    const at = types.indexOf("job_paused");
    assert(RETRIES.includes(types[at + 1] ?? ""), `${types}`);
  });

  Deno.test(`RetryStrategy.retryable can pause and resume the flow (${kind})`, async () => {
    const flow: Office = officeOf(undefined, () => {
      flow.pause();
      flow.resume();
      void flow.flush();
      return false;
    });
    const events = flow.events();
    const job = start(flow);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.retries], ["failed", 0]);
    const [types = []] = await streamsOf(flow, events, [job]);
    assertEquals(types.filter((type) => /paused|resumed/.test(type)), [
      "job_paused",
      "job_resumed",
    ]);
  });

  Deno.test(`RetryStrategy.retryable can start and signal another job (${kind})`, async () => {
    const others: JobState[] = [];
    const flow: Office = officeOf(undefined, () => {
      const other = flow.start("clerk.ask", undefined);
      flow.signal(other, "approval", "Ada");
      others.push(other);
      return false;
    });
    const events = flow.events();
    const job = start(flow);
    await job.waitForCompletion(BOUND);
    for (const other of others) await other.waitForCompletion(BOUND);
    assertEquals([job.status, others.map(({ status }) => status)], ["failed", ["completed"]]);
    assertEquals(others[0]?.sharedData.kept, [{ by: "Ada" }]);
    await streamsOf(flow, events, [job, ...others]);
  });

  Deno.test(`RetryStrategy.retryable is called once per failure (${kind})`, async () => {
    const asked: string[] = [];
    const flow = officeOf(undefined, ({ message }) => asked.push(message) > 0);
    const events = flow.events();
    const job = kind === "wait" ? start(flow) : flow.start("flaky.item", { fails: 9 });
    await job.waitForCompletion(BOUND);
    // After the last retry there is nothing to ask.
    assertEquals([job.status, job.counts.retries, asked.length], ["failed", 2, 2]);
    if (kind === "attempt") assertEquals(asked, ["attempt 1 fails", "attempt 2 fails"]);
    await streamsOf(flow, events, [job]);
  });

  Deno.test(`RetryStrategy.retryable reports both errors if it throws (${kind})`, async () => {
    let calls = 0;
    const flow: Office = officeOf(undefined, () => {
      calls++;
      flow.signal(job, "other", 1);
      throw new RangeError("no status");
    });
    const events = flow.events();
    const job = start(flow);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.retries, calls], ["failed", 0, 1]);
    assertInstanceOf(job.error, RangeError);
    assertInstanceOf(job.error.cause, Error);
    assertEquals(job.error.message, "no status");
    assertEquals(job.error.cause.name, kind === "wait" ? "SignalTimeoutError" : "Error");
    await streamsOf(flow, events, [job]);
  });
}

Deno.test("RetryStrategy.retryable can answer the expired wait", async () => {
  for (const answer of [true, false]) {
    const flow: Office = officeOf(undefined, () => {
      flow.signal(job, "approval", "late");
      return answer;
    });
    const events = flow.events();
    const job = flow.start("clerk.ask", 10);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.sharedData.kept], ["completed", [{ by: "late" }]]);
    const [types = []] = await streamsOf(flow, events, [job]);
    assertEquals(types.filter((type) => /wait_/.test(type)), []);
  }
});

Deno.test("RetryStrategy.retryable can cancel the failed activation", async () => {
  const flow: Office = officeOf(undefined, () => {
    flow.cancelActivation(job, `${job.jobId}/1`);
    return true;
  });
  const events = flow.events();
  const job = flow.start("flaky.item", { fails: 1 });
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.counts.cancelled, job.counts.retries], ["completed", 1, 0]);
  await streamsOf(flow, events, [job]);
});

Deno.test("RetryStrategy.retryable may throw an unreadable error", async () => {
  const trap = () => {
    throw new Error("trap");
  };
  const flow = officeOf(undefined, () => {
    throw new Proxy(new Error("p"), { get: trap, ownKeys: trap, getPrototypeOf: trap });
  });
  const job = await flow.start("flaky.item", { fails: 1 }).waitForCompletion(BOUND);
  assertEquals([job.status, (job.error?.cause as Error)?.message], ["failed", "attempt 1 fails"]);
  await flow.close();
});

Deno.test("RetryStrategy.retryable is called once for a repeated decision", async () => {
  const pool = new HandPool();
  let calls = 0;
  const flow = officeOf(pool, () => ++calls > 9);
  const events = flow.events();
  const job = flow.start("flaky.passedOn", { fails: 1 });
  // Two waits that are answered at once: two activations to execute.
  for (const by of ["Ada", "Grace"]) flow.signal(job, "approval", by);
  const wait = { signal: "approval", slot: "item" };
  pool.complete({ waits: [wait, wait] });
  const failing = pool.begin();
  assert(pool.take() !== undefined, "the other is at the pool as well");
  failing.end({ error: { name: "Error", message: "no" }, execution: undefined });
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, calls, pool.revoked.length], ["failed", 1, 1]);
  await streamsOf(flow, events, [job]);
});

Deno.test("TaskSource.take() returns nothing during RetryStrategy.retryable", async () => {
  const pool = new HandPool();
  const taken: unknown[] = [];
  const flow: Office = officeOf(pool, () => {
    flow.resume(job);
    flow.start("keeper.item", 1, { jobId: "other" });
    taken.push(pool.take());
    return true;
  });
  const events = flow.events();
  const job = flow.start("flaky.item", { fails: 1 });
  flow.start("keeper.item", 1, { jobId: "first" });
  const failing = pool.begin();
  flow.pause(job);
  failing.end({ error: { name: "Error", message: "no" }, execution: undefined });
  assertEquals([taken, job.status, job.counts.retries], [[undefined], "running", 1]);
  const jobIds = Array.from({ length: 3 }, () => pool.take()?.jobId);
  assertEquals(jobIds.toSorted(), [job.jobId, "first", "other"].toSorted());
  assertEquals(pool.take(), undefined, "each activation is given out once");
  await streamsOf(flow, events, [job]);
});

Deno.test("RetryStrategy.retryable can pause after a queueTimeout", async () => {
  const pool = new HandPool();
  const taken: unknown[] = [];
  const flow: Flow<{ flaky: typeof flaky }> = new Flow({ pool }).add("flaky", flaky, {
    queueTimeout: 1,
    onError: {
      strategy: "retry",
      delay: 60_000,
      maxDelay: 60_000,
      retryable() {
        flow.pause(job);
        flow.resume(job);
        taken.push(pool.take());
        return true;
      },
    },
  });
  const retrying = next(flow, "activation_retrying");
  const job: JobState = flow.start("flaky.item", { fails: 1 });
  await retrying;
  assertEquals([taken, job.counts.queued, job.counts.executing], [[undefined], 1, 0]);
  assertEquals(pool.take(), undefined, "its delay is not over");
  await flow.close();
});

Deno.test("RetryStrategy.retryable can close the flow", async () => {
  const pool = new HandPool();
  const store = new MemoryStore();
  const closing: Promise<void>[] = [];
  const flow: Flow<{ flaky: typeof flaky }> = new Flow({ pool, store }).add("flaky", flaky, {
    onError: {
      strategy: "retry",
      retryable() {
        closing.push(flow.close({ jobs: "keep" }));
        return true;
      },
    },
  });
  const { jobId } = flow.start("flaky.item", { fails: 1 });
  pool.fail("no");
  await Promise.all(closing);
  const types = store.read(jobId)?.events.map(({ type }) => type);
  assertEquals([closing.length, types], [1, ["job_started", "activation_started", "job_left"]]);
});

Deno.test("RetryStrategy.retryable can withdraw the expired wait", async () => {
  for (const answer of [true, false]) {
    const flow: Office = officeOf(undefined, () => {
      flow.withdraw(job, { signal: "approval" });
      return answer;
    });
    const events = flow.events();
    const job = FAILURES.wait(flow);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.counts.withdrawn, job.errors], ["completed", 1, []]);
    const [types = []] = await streamsOf(flow, events, [job]);
    assertEquals(types.slice(-2), ["wait_withdrawn", "job_completed"]);
  }
});
