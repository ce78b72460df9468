// Law 5: payloads of one activation over one connection arrive in the order they were emitted, and
// jobs take turns.

import { assert, assertEquals } from "@std/assert";
import type { JobEvent } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import fc from "fast-check";
import { emissions, parcelOf } from "./behaviour.ts";
import { law } from "./law.ts";
import type { Plan } from "./plan.ts";
import { flowOf, runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";

law("Flow executes payloads in order of emission", {
  maxWorkers: 2,
}, async (pool, plans) => {
  const property = fc.asyncProperty(plans({ flushing: true, maxJobs: 8 }), async (plan) => {
    // Several workers execute side by side, so only of one can it be said what it begins first.
    const { events, jobs } = await runPlan({ ...plan, limit: 1, workers: 1 }, pool);
    const spans = jobs.flatMap(({ spans }) => spans);
    const begun = new Map(spans.map(({ activationId, startedAt }) => [activationId, startedAt]));
    for (const payloads of deliveries(events).values()) {
      const times = payloads.map(({ activationId }) => begun.get(activationId) ?? NaN);
      assertEquals(times, times.toSorted((a, b) => a - b));
    }
  });
  await fc.assert(property, workerRuns(10));
});

law(
  "Flow delivers payloads in order of emission",
  { maxWorkers: 4 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ maxJobs: 8 }), async (plan) => {
      const { events } = await runPlan(plan, pool);
      const delivered = deliveries(events);
      for (const event of events) {
        if (event.type !== "activation_completed") continue;
        const { routineId, slot, activationId, jobId } = event;
        const behaviour = plan.routines[Number(routineId.slice(1))];
        const parcel = payloadOf(events, jobId, activationId);
        assert(behaviour !== undefined && parcel !== undefined);
        const sent = emissions(behaviour, routineId, slot, parcel);
        for (const { from, event, to, slot } of plan.wires) {
          if (`r${from}` !== routineId) continue;
          const tags = sent.flatMap((one) => one.event === event ? one.parcel.tag : []);
          const got = delivered.get(`${activationId} ${event} r${to}.${slot}`) ?? [];
          assertEquals(got.map(({ tag }) => tag), tags);
        }
      }
    });
    await fc.assert(property, workerRuns(5));
  },
);

Deno.test("Flow takes turns between large and small jobs", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = flowOf(fanOut(300), pool);
  const events: JobEvent[] = [];
  const big = flow.start("r0.a", parcelOf(1000, 1), { jobId: "big" });
  for await (const event of flow.events()) {
    events.push(event);
    if (big.counts.completed >= 5 && flow.jobs.size === 1) {
      flow.start("r1.a", parcelOf(1, 1), { jobId: "small" });
    }
    if (event.jobId === "small" && event.type === "job_completed") break;
  }
  const at = events.findIndex(({ jobId }) => jobId === "small");
  const begins = events.slice(at).filter(({ type }) => type === "activation_started");
  // The tasks at a worker go first, and they are some milliseconds of work.
  const before = begins.findIndex(({ jobId }) => jobId === "small");
  assert(before < 20, `${before} activations of the big job came first`);
  assertEquals(big.status, "running");
});

/** A flow of a routine that leads to another one many times, which takes two milliseconds. */
function fanOut(times: number): Plan {
  const still = { failsOn: 0, diesOn: 0, healsAt: 1, spins: false, scribbles: false };
  const usual = { ...still, flushes: false, policy: {} };
  const emits = Array.from({ length: times }, () => "x" as const);
  return {
    routines: [
      { ...usual, takesMs: 0, emits, receivers: { x: 1, y: 0 } },
      { ...usual, takesMs: 2, emits: [], receivers: { x: 0, y: 0 } },
    ],
    wires: [{ from: 0, event: "x", to: 1, slot: "a" }],
    jobs: [],
    limit: 1,
    workers: 1,
  };
}

interface Delivery {
  readonly activationId: string;
  readonly tag: number;
}

/** Returns the payloads over each connection from each activation, in the order of arrival. */
function deliveries(events: readonly JobEvent[]): Map<string, Delivery[]> {
  const delivered = new Map<string, Delivery[]>();
  for (const event of events) {
    if (!("queued" in event)) continue;
    for (const { activationId, routineId, slot, payload, from, event: name } of event.queued) {
      const connection = `${from} ${name} ${routineId}.${slot}`;
      const list = delivered.get(connection) ?? [];
      delivered.set(connection, [...list, { activationId, tag: (payload as Delivery).tag }]);
    }
  }
  return delivered;
}

function payloadOf(events: readonly JobEvent[], jobId: string, id: string) {
  for (const event of events) {
    if (event.jobId !== jobId) continue;
    const queued = event.type === "job_started" && event.activation !== undefined
      ? [event.activation]
      : "queued" in event
      ? event.queued
      : [];
    const found = queued.find(({ activationId }) => activationId === id);
    if (found !== undefined) return found.payload as ReturnType<typeof parcelOf>;
  }
  return undefined;
}
