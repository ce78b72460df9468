// An activation that ends its process, as one that runs out of memory does, ends the next one as well:
// without a limit, the jobs of a journal would never get on again.

import { Flow, type FlowOptions, type JobState } from "@millrace/flow";
import { PoisonedActivationError } from "@millrace/flow/errors";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, gated, keep } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

function poisoned(journal: Journal, options: FlowOptions = {}) {
  return new Flow({ id: "poisoned", store: journal.store(), pool, ...options })
    .add("gate", gated)
    .add("keep", keep)
    .add("count", count)
    .connect("gate.$error", "count.item");
}

/** Runs until a number of activations are executed, which the process does not survive. */
async function dies(
  journal: Journal,
  options: FlowOptions,
  executing: number,
  begin: (flow: ReturnType<typeof poisoned>) => unknown = (flow) => flow.recover(),
): Promise<void> {
  const flow = poisoned(journal, options);
  const events = flow.events();
  await begin(flow);
  for (let begun = 0; begun < executing; begun++) await until1(events);
  await flow.flush();
  journal.crash();
  await flow.close();
}

/** Reads on to the next begin, and leaves the rest to be read. */
async function until1(events: AsyncIterableIterator<{ readonly type: string }>): Promise<void> {
  while (true) {
    const { done, value } = await events.next();
    if (done || value.type === "activation_started") return;
  }
}

function attemptsOf(job: JobState): number[] {
  return job.executionHistory.flatMap(({ event, attempt, routineId }) =>
    event === "started" && routineId === "gate" ? [attempt] : []
  );
}

Deno.test("FlowOptions.maxCrashes fails an activation that kills processes", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const options = { maxCrashes: 2 };
  const start = (flow: ReturnType<typeof poisoned>) => {
    flow.start("gate.lock", lock.name, { jobId: "job" });
  };
  await dies(journal, options, 1, start);
  await dies(journal, options, 1);
  await using flow = poisoned(journal, options);
  const [job] = await flow.recover();
  assert(job !== undefined);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.failed, job.sharedData], ["completed", 1, { count: 1 }]);
  const [error] = job.errors;
  assertInstanceOf(error, PoisonedActivationError);
  assertEquals([error.jobId, error.activationId, error.attempt], ["job", "job/1", 2]);
  assertStringIncludes(error.message, "has lost 2 workers or processes");
  assertEquals(attemptsOf(job), [1, 2]);
  assertEquals(job.executionHistory.filter(({ event }) => event === "lost").length, 2);
});

Deno.test("ctx.attempt counts attempts lost with their process", async () => {
  using journal = new Journal();
  {
    using lock = await HeldLock.take();
    const start = (flow: ReturnType<typeof poisoned>) => {
      flow.start("gate.lock", lock.name, { jobId: "job" });
    };
    await dies(journal, {}, 1, start);
  }
  await using flow = poisoned(journal);
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assert(job !== undefined);
  assertEquals([job.status, attemptsOf(job), job.counts.retries], ["completed", [1, 2], 0]);
});

Deno.test("Flow.close() counts no crash", async () => {
  using journal = new Journal();
  const options = { maxCrashes: 1 };
  {
    using lock = await HeldLock.take();
    for (const round of [1, 2, 3]) {
      await using flow = poisoned(journal, options);
      const events = flow.events();
      if (round === 1) flow.start("gate.lock", lock.name, { jobId: "job" });
      else await flow.recover();
      await until(events, of("activation_started"));
    }
  }
  await using flow = poisoned(journal, options);
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.errors], ["completed", []]);
  assert(job !== undefined);
  assertEquals(attemptsOf(job), [1]);
});

Deno.test("PoisonedActivationError spares concurrent activations", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const options = { maxCrashes: 2 };
  const start = (flow: ReturnType<typeof poisoned>) => {
    for (const jobId of ["poison", "neighbour"]) flow.start("gate.lock", lock.name, { jobId });
  };
  await dies(journal, options, 2, start);
  // The first has its last attempt, and nothing is executed beside it.
  await dies(journal, options, 1);
  lock[Symbol.dispose]();
  await using flow = poisoned(journal, options);
  const jobs = await flow.recover();
  await flow.execute("keep.item", 1);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(
    jobs.map(({ jobId, errors }) => [jobId, errors.map(({ name }) => name)]),
    [["poison", ["PoisonedActivationError"]], ["neighbour", []]],
  );
});
