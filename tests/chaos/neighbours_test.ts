// Ten jobs that await something share a worker with the one that does wrong: that one fails as if it had
// been alone, and nothing of it is charged to them.

import { Flow, type JobState, type RoutinePolicy } from "@millrace/flow";
import { assert, assertEquals } from "@std/assert";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { executionsIn, neighbour, NEIGHBOURS, newExecutions } from "../routines/neighbours.ts";
import type { Deed } from "./deed.ts";
import { BOUND, isWhole, sharedPool } from "./pools.ts";
import { assertError, chaosFlow, type Row, ROWS } from "./rows.ts";

const ALL = Array.from({ length: NEIGHBOURS }, (_, n) => n);
const pool = sharedPool({ maxWorkers: 1, concurrency: NEIGHBOURS + 2 });
const once = { strategy: "retry", maxRetries: 1, delay: 0 } as const;

for (const row of ROWS) {
  Deno.test(`WorkerPool isolates neighbours from ${row.name}`, async () => {
    const { job, neighbours, executions } = await among(row, 1, {});
    assertEquals([job.status, job.counts.failed, job.sharedData], ["failed", 1, {}]);
    assertError(job.error, row);
    neighbours.forEach(assertUnharmed);
    assertEquals(executions, ALL.map(() => endsWorker(row) ? 2 : 1));
  });

  Deno.test(`WorkerPool isolates neighbours from retries of ${row.name}`, async () => {
    const { job, neighbours, executions } = await among(row, 2, { onError: once });
    assertEquals([job.status, job.counts.retries, job.counts.failed], ["failed", 1, 1]);
    assertError(job.error, row, 2);
    neighbours.forEach(assertUnharmed);
    if (!endsWorker(row)) assertEquals(executions, ALL.map(() => 1));
    else assert(executions.every((times) => times > 1), `${executions}`);
  });
}

// A module that fails to load fails to load again.
for (const row of ROWS.filter(({ isModule }) => !isModule)) {
  Deno.test(`RetryStrategy recovers from ${row.name} beside neighbours`, async () => {
    const { job, neighbours, executions } = await among(row, 1, { onError: once });
    assertEquals([job.status, job.error, job.counts.retries], ["completed", undefined, 1]);
    assertEquals([job.sharedData, job.counts.unrouted], [{ attempt: 2 }, 0]);
    neighbours.forEach(assertUnharmed);
    assertEquals(executions, ALL.map(() => endsWorker(row) ? 2 : 1));
  });
}

/** Lets a job do wrong in the worker in which ten others await something. */
async function among(row: Row, attempts: number, policy: RoutinePolicy) {
  await isWhole(pool);
  await using guilty = chaosFlow(row, { pool }, policy);
  // An activation that is charged with the loss of a worker fails at once.
  await using innocent = new Flow({ id: "innocent", pool, maxCrashes: 1 })
    .add("neighbour", neighbour)
    .connect("neighbour.doubled", "neighbour.doubled");
  const latches = newLatches();
  const executions = newExecutions();
  const neighbours = ALL.map((n) => innocent.start("neighbour.item", { latches, n, executions }));
  await reached(latches, ARRIVED, NEIGHBOURS);
  const worker = new Set(neighbours.flatMap(({ executing }) => executing).map(workerOf));
  assertEquals(worker.size, 1, "they share one worker");

  const deed: Deed = { latches: newLatches(), attempts, whenStopped: false };
  const began = firstWorker(guilty);
  const job = guilty.start(row.entry, deed);
  if (!row.isModule) assertEquals(await began, [...worker][0], "the deed is done there");
  // Where the thread is held nobody sees this before the worker has ended.
  if (row.holds) await reached(deed.latches, ARRIVED);
  else await job.waitForCompletion(BOUND);
  arrive(latches, RELEASED);
  await Promise.all([job, ...neighbours].map((job) => job.waitForCompletion(BOUND)));
  arrive(deed.latches, RELEASED);
  await isWhole(pool);
  return { job, neighbours, executions: executionsIn(executions) };
}

/** Checks whether a row ends its worker before the others have ended there. */
function endsWorker({ entry, holds }: Row): boolean {
  return holds === true || entry === "chaotic.closes" || entry === "chaotic.exits";
}

/** Checks that all effects of a neighbour count once, however often it was executed. */
function assertUnharmed(job: JobState, n: number): void {
  const { completed, retries, failed } = job.counts;
  assertEquals([job.status, job.error], ["completed", undefined]);
  assertEquals([completed, retries, failed], [2, 0, 0]);
  assertEquals(job.sharedData, { count: 1, result: 2 * n });
  assertEquals(job.sharedLog.map(({ data }) => data), [`${n} has begun`, `${n} goes on`]);
  assertEquals(job.routineStates, { neighbour: { n } });
  assertEquals(job.spans.map(({ attempt }) => attempt), [1, 1]);
  assertEquals(job.errors, []);
}

function workerOf({ workerId }: { readonly workerId: string }): string {
  return workerId;
}

/** The worker of the first attempt that is begun. */
async function firstWorker(flow: Pick<Flow, "events">): Promise<string | undefined> {
  for await (const event of flow.events()) {
    if (event.type === "activation_started") return event.workerId;
  }
  return undefined;
}
