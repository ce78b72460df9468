// The laws on real workers: generated flows whose routines throw, end their workers and dawdle, under
// policies of all kinds, while jobs and activations are cancelled and paused.

import { Flow, type JobEvent, type JobState } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import type { Routines } from "@millrace/flow/types";
import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import fc from "fast-check";
import { policies } from "./engine_plan.ts";
import { habitual, type Parcel } from "./routines.ts";

const FACTOR = Math.max(1, Number(Deno.env.get("LAWS_RUNS") ?? 1));

const pool = new WorkerPool({ maxWorkers: 3, grace: 2_000, idleTimeout: Infinity });
Deno.test.afterAll(async () => {
  await pool.close();
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 });
});

const disturbance = fc.record({
  after: fc.integer({ min: 1, max: 120 }),
  job: fc.nat(9),
  what: fc.constantFrom("cancel", "pause", "cancelActivation", "pauseAll"),
});

const plans = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc.record({
    routines: fc.array(
      fc.record({
        policy: policies.map((policy) => ({ ...policy, totalTimeout: 2_000 })),
        habits: fc.record({
          throws: fc.constantFrom(0, 3, 5),
          closes: fc.constantFrom(0, 0, 0, 23),
          dawdles: fc.constantFrom(0, 0, 11),
          emits: fc.integer({ min: 1, max: 3 }),
        }),
        runTimeout: fc.constantFrom(Infinity, Infinity, 10),
      }),
      { minLength: count, maxLength: count },
    ),
    wires: fc.uniqueArray(fc.record({ from: fc.nat(count - 1), to: fc.nat(count - 1) }), {
      maxLength: 2 * count,
      size: "max",
      selector: (wire) => Object.values(wire).join(),
    }),
    jobs: fc.array(
      fc.record({
        routine: fc.nat(count - 1),
        budget: fc.integer({ min: 1, max: 20 }),
        tag: fc.nat(),
      }),
      { minLength: 1, maxLength: 10 },
    ),
    limit: fc.integer({ min: 1, max: 3 }),
    disturbances: fc.array(disturbance, { maxLength: 6 }),
  })
);

type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

Deno.test("Flow obeys its laws under every policy", async () => {
  const property = fc.asyncProperty(plans, async (plan) => {
    const { jobs, events, most, idle } = await run(plan);
    assert(most <= plan.limit, `law 1: ${most} executed at once, of ${plan.limit}`);
    for (const job of jobs) {
      const own = events.filter(({ jobId }) => jobId === job.jobId);
      hasOwnEffectsOnly(job, own);
      endsOnce(job, own);
      arrivesInOrder(own);
      assertEquals(replay(own).toJSON(), job.toJSON(), "law 6");
    }
    assertEquals(idle, 0, "workers are still busy");
  });
  await fc.assert(property, { numRuns: 12 * FACTOR, endOnFailure: true });
});

/** Laws 2 and 3: what its committed activations did, all of it, and nothing else. */
function hasOwnEffectsOnly(job: JobState, events: readonly JobEvent[]): void {
  const committed = events.flatMap((event) =>
    event.type === "activation_completed" ? [event.activationId] : []
  );
  const { count = 0, ...units } = job.sharedData;
  assertEquals(Object.keys(units).sort(), committed.toSorted());
  assert(Object.values(units).every((jobId) => jobId === job.jobId));
  assertEquals(job.sharedLog.map(({ data }) => data), committed);
  assertEquals(
    Object.values(job.routineStates).flatMap((state) => Object.keys(state)).sort(),
    committed.toSorted(),
  );
  assertEquals(count, committed.length, "an update was lost");
}

/** Law 4. */
function endsOnce(job: JobState, events: readonly JobEvent[]): void {
  const ends = events.filter(({ type }) => /^job_(completed|failed|cancelled)$/.test(type));
  assertEquals(ends.map(({ type }) => type), [`job_${job.status}`]);
  assertEquals(events.at(-1), ends[0]);
  const { queued, executing, completed, failed, skipped, cancelled, known } = job.counts;
  assertEquals([queued, executing], [0, 0]);
  assertEquals(completed + failed + skipped + cancelled, known);
}

/** Law 5: what one activation emitted is queued in the order in which it was emitted. */
function arrivesInOrder(events: readonly JobEvent[]): void {
  for (const event of events) {
    if (event.type !== "activation_completed") continue;
    const emitted = event.effects.emits.map(({ payload }) => (payload as Parcel).tag);
    for (const [, arrived] of Map.groupBy(event.queued, ({ routineId }) => routineId)) {
      assertEquals(arrived.map(({ payload }) => (payload as Parcel).tag), emitted);
    }
  }
}

async function run({ routines, wires, jobs, limit, disturbances }: Plan) {
  const gauge = new SharedArrayBuffer(8);
  const flow = new Flow<Routines>({ id: "generated", pool, maxWorkers: limit });
  for (const [i, { policy, habits, runTimeout }] of routines.entries()) {
    flow.add(`r${i}`, habitual, { ...policy, runTimeout, config: { ...habits, gauge } });
  }
  for (const { from, to } of wires) flow.connect(`r${from}.out`, `r${to}.item`);
  const events: JobEvent[] = [];
  const disturbed: Promise<void>[] = [];
  const listening = (async () => {
    for await (const event of flow.events()) {
      events.push(event);
      for (const { after, job, what } of disturbances) {
        if (after !== events.length) continue;
        disturbed.push(disturb(flow, event, `j${job % jobs.length}`, what));
      }
    }
  })();
  const started = jobs.map(({ routine, ...parcel }, i) =>
    flow.start(`r${routine}.item`, parcel, { jobId: `j${i}` })
  );
  await Promise.all(started.map((job) => job.waitForCompletion({ timeout: 30_000 })));
  await Promise.all(disturbed);
  await flow.close();
  await listening;
  const most = Atomics.load(new Int32Array(gauge), 1);
  return { jobs: started, events, most, idle: pool.stats().busy };
}

async function disturb(
  flow: Flow<Routines>,
  event: JobEvent,
  jobId: string,
  what: string,
): Promise<void> {
  if (what === "cancel") flow.cancel(jobId, "disturbed");
  else if (what === "cancelActivation") {
    if (event.type === "activation_started" && isLive(flow, event)) {
      flow.cancelActivation(event.jobId, event.activationId, "disturbed");
    }
  } else {
    const job = what === "pause" ? jobId : undefined;
    flow.pause(job);
    // A little later, when it may have ended.
    await delay(2);
    flow.resume(job);
  }
}

function isLive(flow: Flow<Routines>, event: { jobId: string; activationId: string }): boolean {
  const executing = flow.jobs.get(event.jobId)?.executing ?? [];
  return executing.some(({ activationId }) => activationId === event.activationId);
}
