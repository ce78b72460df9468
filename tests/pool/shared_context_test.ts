// Handlers that are known to await nothing share an async context, in which one of them may await
// something for once.

import { assert, assertEquals } from "@std/assert";
import type { UncaughtError } from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { lateFailure } from "./late_failures.ts";
import { bind, TestSource, TestTask } from "./tasks.ts";

Deno.test("WorkerPool isolates an awaiting handler from leftover failures", async () => {
  const { promise: reported, resolve: onUncaught } = Promise.withResolvers<UncaughtError>();
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 24, onUncaught });
  const latches = newLatches();
  const moody = bind(lateFailure);
  const source = new TestSource(pool, 1);
  const task = (id: string, does: "nothing" | "leaves" | "awaits") =>
    new TestTask(id, moody, "moody", { latches, does });
  const quick = Array.from({ length: 10 }, (_, i) => task(`quick${i}`, "nothing"));
  source.add(...quick);
  for (const { ended } of quick) assertEquals((await ended.promise).error, undefined);

  const leaves = task("leaves", "leaves");
  const awaits = task("awaits", "awaits");
  source.add(leaves, awaits);
  await reached(latches, ARRIVED, 2);
  assertEquals((await leaves.ended.promise).error, undefined);
  arrive(latches, RELEASED);
  // It may be executed again, as long as nobody is charged.
  await Promise.race([reported, awaits.ended.promise, reached(latches, ARRIVED, 3)]);
  arrive(latches, RELEASED);
  arrive(latches, ARRIVED);
  const { error } = await awaits.ended.promise;
  assert(error === undefined, error?.message);
});
