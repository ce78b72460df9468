// The original ran the routines that jobs start at outside its limit: five at once under two.

import { Flow } from "@millrace/flow";
import { assertEquals } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { gate } from "../routines/gates.ts";
import {
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  PEAK,
  reached,
  RELEASED,
} from "../routines/latches.ts";

const pool = sharedPool(4);

Deno.test("entry routines keep the limit: of five jobs under two, two execute at once", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 }).add("entry", gate);
  const latches = newLatches();
  const jobs = [1, 2, 3, 4, 5].map(() => flow.start("entry.hold", { latches }));
  for (let turn = 2; turn <= jobs.length; turn++) {
    await reached(latches, ARRIVED, turn);
    arrive(latches, RELEASED);
  }
  arrive(latches, RELEASED);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ status }) => status), jobs.map(() => "completed"));
  assertEquals(countOf(latches, PEAK), 2);
});

Deno.test("entry routines and the routines after them keep one limit together", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 })
    .add("entry", gate)
    .add("next", gate)
    .connect("entry.done", "next.hold");
  const latches = newLatches();
  const jobs = [1, 2, 3].map(() => flow.start("entry.hold", { latches }));
  for (let turn = 1; turn <= 6; turn++) {
    await reached(latches, ARRIVED, turn);
    arrive(latches, RELEASED);
  }
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ counts }) => counts.completed), [2, 2, 2]);
  assertEquals(countOf(latches, PEAK) <= 2, true);
});
