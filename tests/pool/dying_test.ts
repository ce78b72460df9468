import { Flow, type MillraceError } from "@millrace/flow";
import { UncaughtError, WorkerLostError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { collector, idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { killer, whoami } from "../routines/workers.ts";
import { until } from "./until.ts";

const WAYS = [
  ["closes", WorkerLostError, "self.close()"],
  ["exits", WorkerLostError, "Deno.exit"],
  ["throwsLate", UncaughtError, "thrown late"],
  ["rejectsUnheard", UncaughtError, "rejected unheard"],
  ["dispatchesError", UncaughtError, "reported"],
] as const;

for (const [slot, type, part] of WAYS) {
  Deno.test(`WorkerPool fails only the dead worker's job (${slot})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 2 });
    await using flow = new Flow({ id: "f", pool })
      .add("killer", killer)
      .add("gate", gate)
      .add("sink", collector)
      .connect("gate.done", "sink.left");
    const latches = newLatches();
    const neighbour = flow.start("gate.hold", { latches });
    await reached(latches, ARRIVED);
    const lost = flow.start(`killer.${slot}`, undefined, { jobId: "lost" });
    const queued = [1, 2, 3].map((n) => flow.start("sink.item", n));
    await lost.waitForCompletion();
    assertEquals([lost.status, lost.sharedData], ["failed", {}]);
    const error = lost.error as MillraceError;
    assertInstanceOf<MillraceError>(error, type);
    assertStringIncludes(error.message, part);
    assertEquals(
      [error.flowId, error.jobId, error.routineId, error.slot, error.activationId, error.attempt],
      ["f", "lost", "killer", slot, "lost/1", 1],
    );
    assertEquals(lost.executionHistory.at(-1)?.event, "failed");

    for (const job of queued) await job.waitForCompletion();
    assertEquals(queued.map(({ sharedData }) => sharedData.sink), [[1], [2], [3]]);
    assertEquals(neighbour.status, "running");
    arrive(latches, RELEASED);
    await neighbour.waitForCompletion();
    assertEquals([neighbour.status, neighbour.sharedData], ["completed", { left: { latches } }]);
  });

  Deno.test(`WorkerPool replaces a worker that dies (${slot})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 1 });
    const first = (await pool.run(whoami, "ask")).emits[0]?.payload;
    const error = await assertRejects(() => pool.run(killer, slot)) as MillraceError;
    assertInstanceOf<MillraceError>(error, type);
    assertEquals([error.workerId, error.slot], [first, slot]);
    assertNotEquals((await pool.run(whoami, "ask")).emits[0]?.payload, first);
    await until(() => pool.stats().lost === 0);
    assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
  });
}

Deno.test("UncaughtError.cause has a stack with the routine's file", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const error = await assertRejects(() => pool.run(killer, "throwsLate"), UncaughtError);
  assertInstanceOf(error.cause, RangeError);
  assertStringIncludes(error.cause.stack ?? "", "routines/workers.ts");
});

Deno.test("WorkerPoolOptions.onUncaught reports the death of an idle worker", async () => {
  const uncaught: UncaughtError[] = [];
  await using pool = new WorkerPool({
    maxWorkers: 1,
    onUncaught: (error) => uncaught.push(error),
  });
  const { emits } = await pool.run(killer, "throwsAfterItsEnd");
  assertEquals(emits[0]?.payload, "ended well");
  await until(() => pool.stats().live === 0 && pool.stats().lost === 0);
  assertEquals(pool.stats(), NO_WORKERS);
  assertEquals(uncaught.map(({ cause }) => String(cause)), [
    "RangeError: nobody is there any more",
  ]);
  await pool.run(idler, "go");
  assertEquals(pool.stats().live, 1);
});

Deno.test("WorkerPool replaces workers that die repeatedly", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  for (let i = 0; i < 3; i++) {
    await Promise.all(WAYS.map(([slot]) => assertRejects(() => pool.run(killer, slot))));
  }
  await Promise.all([pool.run(idler, "go"), pool.run(idler, "go")]);
  await until(() => pool.stats().lost === 0);
});
