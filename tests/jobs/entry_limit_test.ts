// The limit of a flow includes the routines that jobs start at.

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

Deno.test("FlowOptions.maxWorkers limits entry routines", async () => {
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

Deno.test("FlowOptions.maxWorkers limits entry and later routines together", async () => {
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
