// The host's own thread is busy while workers finish: nobody is to blame for that.

import { assertEquals } from "@std/assert";
import { WorkerPool } from "../../faces/pool.ts";
import { Flow } from "../../mod.ts";
import { idler } from "../routines/basics.ts";
import { ARRIVED, countOf, newLatches, PEAK, reached } from "../routines/latches.ts";
import { standStill } from "../routines/stand_still.ts";
import { napper } from "./routines.ts";

/** Holds the host until a worker has ended what it does, and until its time would be up. */
function block(latches: SharedArrayBuffer, ms: number): void {
  const end = performance.now() + ms;
  while (countOf(latches, PEAK) === 0 || performance.now() < end) standStill();
}

Deno.test("RunOptions.timeout ignores blocking of the host", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await pool.run(idler, "go");
  const latches = newLatches();
  const run = pool.run(napper, "nap", latches, { timeout: 500 });
  await reached(latches, ARRIVED);
  block(latches, 700);
  assertEquals((await run).emits.length, 1);
});

Deno.test("Policy.runTimeout ignores blocking of the host", async () => {
  await using flow = new Flow({ maxWorkers: 1 }).add("napper", napper, { runTimeout: 500 });
  await flow.preload();
  const latches = newLatches();
  const job = flow.start("napper.nap", latches);
  await reached(latches, ARRIVED);
  block(latches, 700);
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("WorkerPoolOptions.grace ignores blocking of the host", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 300 });
  await pool.run(idler, "go");
  const latches = newLatches();
  const controller = new AbortController();
  const { signal } = controller;
  const run = pool.run(napper, "stops", latches, { signal }).catch((error) => error);
  await reached(latches, ARRIVED);
  controller.abort(new Error("stop"));
  block(latches, 500);
  assertEquals((await run).message, "stop");
  const { emits } = await pool.run(napper, "who");
  assertEquals(emits.map(({ payload }) => payload), ["w1"]);
});

Deno.test("WorkerPoolOptions.grace spares a prompt worker even at 0", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 0 });
  await pool.run(idler, "go");
  for (let i = 0; i < 5; i++) {
    const latches = newLatches();
    const controller = new AbortController();
    const { signal } = controller;
    const run = pool.run(napper, "stops", latches, { signal }).catch((error) => error);
    await reached(latches, ARRIVED);
    controller.abort(new Error("stop"));
    await run;
  }
  const { emits } = await pool.run(napper, "who");
  assertEquals(emits.map(({ payload }) => payload), ["w1"]);
});
