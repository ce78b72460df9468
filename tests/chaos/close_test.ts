import type { JobEvent } from "@millrace/flow";
import { ClosedError, JobCancelledError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { failsToLoad } from "./fails_to_load.ts";
import { neverLoads } from "./never_loads.ts";
import { BOUND, hasStats, isWhole, newPool, NO_WORKERS, resultOf, sharedPool } from "./pools.ts";
import { chaotic } from "./routines.ts";
import { chaosFlow, type Row, ROWS } from "./rows.ts";
import type { Deed } from "./deed.ts";

const pool = sharedPool();

for (const row of ROWS) {
  Deno.test(`Flow.close() isolates another flow from ${row.name}`, async () => {
    await isWhole(pool);
    await using neighbour = chaosFlow(row, { id: "neighbour", pool });
    const flow = chaosFlow(row, { pool });
    const deed = newDeed(row);
    const began = firstStart(flow);
    const job = flow.start(row.entry, deed);
    await inTheMidst(row, began, deed);
    const others = Array.from({ length: 10 }, (_, n) => neighbour.start("healthy.item", n));

    await deadline(flow.close(), BOUND.timeout);
    assertEquals(job.status, "cancelled");
    assertInstanceOf(job.error, JobCancelledError);
    assertInstanceOf(job.error.cause, ClosedError);
    await Promise.all(others.map((job) => job.waitForCompletion(BOUND)));
    assertEquals(others.map(resultOf), others.map((_, n) => 2 * n));
    arrive(deed.latches, RELEASED);
    await isWhole(pool);
  });

  Deno.test(`WorkerPool.close() settles jobs and runs despite ${row.name}`, async () => {
    const pool = newPool();
    await isWhole(pool);
    await using flow = chaosFlow(row, { pool });
    const deed = newDeed(row);
    const began = firstStart(flow);
    const job = flow.start(row.entry, deed);
    const waiting = Array.from({ length: 5 }, (_, n) => flow.start("healthy.item", n));
    const run = assertRejects(() => runRow(row), ClosedError, "the pool");
    await inTheMidst(row, began, deed);

    await deadline(pool.close(), BOUND.timeout);
    await deadline(run, BOUND.timeout);
    await Promise.all([job, ...waiting].map((job) => job.waitForCompletion(BOUND)));
    assertEquals(job.status, "cancelled");
    assertInstanceOf(job.error, JobCancelledError);
    assertInstanceOf(job.error.cause, ClosedError);
    const ends = new Set(waiting.map(({ status }) => status));
    assertEquals(ends.difference(new Set(["cancelled", "completed"])).size, 0, `${[...ends]}`);
    arrive(deed.latches, RELEASED);
    await hasStats(pool, NO_WORKERS);

    function runRow({ entry }: Row): Promise<unknown> {
      if (entry === "failsToLoad.item") return pool.run(failsToLoad, "item", deed);
      if (entry === "neverLoads.item") return pool.run(neverLoads, "item", deed);
      const slot = entry.slice("chaotic.".length) as keyof typeof chaotic.slots;
      return pool.run(chaotic, slot, deed);
    }
  });
}

/** Goes wrong when it is asked to stop; a row that holds its thread does so from the start. */
function newDeed({ holds }: Row): Deed {
  return { latches: newLatches(), attempts: 9, whenStopped: !holds };
}

/** Waits until the deed is about to be done, or its module is with a worker that is to load it. */
async function inTheMidst(row: Row, began: Promise<void>, deed: Deed): Promise<void> {
  if (row.isModule) return await Promise.resolve();
  await deadline(began, BOUND.timeout);
  await reached(deed.latches, ARRIVED);
}

/** The first attempt that is begun. */
async function firstStart(flow: { events(): AsyncIterable<JobEvent> }): Promise<void> {
  for await (const { type } of flow.events()) if (type === "activation_started") return;
}
