// The laws that the engine obeys by itself, checked at every step of generated flows: activations begin
// and end in any order, fail, are tried again, flush; jobs are started, paused, resumed, cancelled
// and taken over by another process meanwhile.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import { countsOf, hasEnded, hasOpenFeed, type Job } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { driveEngine } from "./drive_engine.ts";
import { FairTurns } from "./fair_turns.ts";
import { expectationOf } from "./oracle.ts";
import { type JobPlan, plans } from "./plan.ts";
import { engineRuns } from "./runs.ts";
import { unitOf, unitsIn } from "./units.ts";

const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
const choices = fc.infiniteStream(fc.nat(2 ** 20));

Deno.test("Engine commits an activation's effects atomically", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    driveEngine(plan, choices, ({ job, events, stream }) => {
      if (events.length === 0) return;
      const { data, log, states, counted } = unitsOf(job);
      assertEquals([log, states, counted], [data, data, data.length]);
      assertEquals(data, committed(stream));
    });
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("Engine ends a job once nothing is left", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const ended = new Set<string>();
    const driven = driveEngine(plan, choices, ({ job, events }) => {
      const isOver = job.live.size === 0 && !hasOpenFeed(job);
      assertEquals(hasEnded(job), isOver, `${job.status} with ${job.live.size} left`);
      if (events.length > 0) assert(!ended.has(job.jobId), "something happened after the end");
      if (hasEnded(job)) ended.add(job.jobId);
    });
    assertEquals([driven.length, ended.size], [plan.jobs.length, plan.jobs.length]);
    for (const { job, stream } of driven) assertEquals(stream.at(-1)?.type, `job_${job.status}`);
  });
  fc.assert(property, engineRuns(100));
});

Deno.test("Engine counts every activation in one place", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    driveEngine(plan, choices, ({ job }) => {
      const { queued, executing, completed, failed, skipped, cancelled, known } = countsOf(job);
      assertEquals(queued + executing + completed + failed + skipped + cancelled, known);
      const states = [...job.live.values()].map(({ state }) => state);
      assertEquals(queued, states.filter((state) => state === "queued").length);
      assertEquals(executing, states.filter((state) => state === "executing").length);
    });
  });
  fc.assert(property, engineRuns(100));
});

Deno.test("Engine reaches the expected outcome in any order", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    for (const [i, { job, stream }] of driveEngine(plan, choices).entries()) {
      if (wasCancelled(stream)) continue;
      const { tags, outcome, ...expected } = expectationOf(plan, plan.jobs[i] as JobPlan);
      assertEquals(job.status, outcome);
      if (outcome === "failed") continue;
      const { completed, failed, skipped, retries, unrouted } = job;
      assertEquals({ completed, failed, skipped, retries, unrouted }, expected);
      const logged = job.sharedLog.map(({ data }) => (data as { tag: number }).tag);
      assertEquals(logged.sort((a, b) => a - b), tags);
    }
  });
  fc.assert(property, engineRuns(60));
});

Deno.test("Engine takes turns among ready jobs", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const turns = new FairTurns();
    driveEngine(plan, choices, (moment) => turns.observe(moment));
  });
  fc.assert(property, engineRuns(100));
});

Deno.test("Engine begins activations in the queued order", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const last = new Map<string, number>();
    driveEngine(plan, choices, ({ job: { jobId }, stream, begun }) => {
      if (begun === undefined) return;
      const { activationId } = begun.activation;
      const begins = stream.filter((event) =>
        event.type === "activation_started" && event.activationId === activationId
      );
      if (begins.length > 1) return;
      const number = Number(activationId.split("/")[1]);
      assert(number > (last.get(jobId) ?? 0), `${activationId} after ${last.get(jobId)}`);
      last.set(jobId, number);
    });
  });
  fc.assert(property, engineRuns(60));
});

Deno.test("fold() restores the job at every step", () => {
  const small = plans({ failing: true, flushing: true, lenient: true, maxJobs: 5, maxBudget: 12 });
  const property = fc.property(small, choices, (plan, choices) => {
    driveEngine(plan, choices, ({ job, events, stream }) => {
      if (events.length > 0) assertEquals(fold(stream), job);
    });
  });
  fc.assert(property, engineRuns(15));
});

Deno.test("fold() restores the job from a cloned stream", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    for (const { job, stream } of driveEngine(plan, choices)) {
      assertEquals(fold(structuredClone(stream)), job);
      assertEquals(stream.map(({ seq }) => seq), stream.map((_, i) => i + 1));
    }
  });
  fc.assert(property, engineRuns(20));
});

Deno.test("fold() continues from a snapshot", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, cut) => {
    for (const { job, stream } of driveEngine(plan, choices)) {
      const snapshot = structuredClone(fold(stream.slice(0, 1 + cut % stream.length)));
      assertEquals(fold(stream, snapshot), job);
    }
  });
  fc.assert(property, engineRuns(20));
});

/** The units whose commits are in a stream. */
function committed(stream: readonly JobEvent[]): string[] {
  return stream.flatMap((event) => {
    if (event.type === "activation_flushed") return unitOf(event.activationId, "early");
    return event.type === "activation_completed" ? unitOf(event.activationId, "late") : [];
  }).sort();
}

/** Checks whether a job or an activation of it was cancelled from outside. */
function wasCancelled(stream: readonly JobEvent[]): boolean {
  return stream.some((event) =>
    event.type === "job_stopping" && event.outcome === "cancelled" ||
    event.type === "activation_cancelled" && event.error !== undefined
  );
}

function unitsOf({ sharedData, sharedLog, routineStates }: Job) {
  return unitsIn({
    sharedData: Object.fromEntries(sharedData),
    sharedLog,
    routineStates: Object.fromEntries(routineStates ?? []),
  });
}
