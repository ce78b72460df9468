// The laws that the engine obeys by itself, at every step of generated flows with policies of all
// kinds, while activations fail, crash, run out of time and are cancelled, and jobs are paused.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import { hasEnded, type Job } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { effectivePolicy, isRetry } from "../../src/graph/policy.ts";
import { Drive, type Moment } from "./drive.ts";
import { type Plan, plans } from "./engine_plan.ts";

const FACTOR = Math.max(1, Number(Deno.env.get("LAWS_RUNS") ?? 1));
const choices = fc.infiniteStream(fc.nat(2 ** 20));

function holds(numRuns: number, law: (drive: () => Drive, on: On, plan: Plan) => void): void {
  const property = fc.property(plans, choices, (plan, choices) => {
    let observe: (moment: Moment) => void = () => {};
    const drive = new Drive(plan, choices, (moment) => observe(moment));
    law(() => (drive.run(), drive), (listener) => void (observe = listener), plan);
  });
  fc.assert(property, { numRuns: numRuns * FACTOR });
}

type On = (listener: (moment: Moment) => void) => void;

Deno.test("Engine stores in a job only its own effects", () => {
  holds(60, (run) => {
    for (const job of run().jobs) {
      const units = [...job.sharedData.values(), ...job.errors.map(({ error }) => error.name)];
      const own = units.filter((unit) => String(unit).startsWith("j"));
      assert(own.every((unit) => String(unit).startsWith(`${job.jobId}/`)));
    }
  });
});

Deno.test("Engine leaves no effects of failed attempts", () => {
  holds(60, (run, on) => {
    const committed = new Map<Job, string[]>();
    on(({ job, events }) => {
      const units = committed.get(job) ?? [];
      committed.set(job, units);
      for (const event of events) {
        if (event.type === "activation_flushed") units.push(`${event.activationId} early`);
        if (event.type === "activation_completed") units.push(`${event.activationId} late`);
      }
      assertEquals([...job.sharedData.keys()].sort(), [...units].sort());
      assertEquals(job.sharedLog.map(({ data }) => data), units);
    });
    run();
  });
});

Deno.test("Engine ends each job once with balanced counts", () => {
  holds(100, (run, on) => {
    on(({ job }) => {
      const held = [...job.live.values()].filter(({ state }) => state === "held").length;
      const { queued, executing, completed, failed, skipped, cancelled, known } = job;
      assertEquals(queued + executing + held + completed + failed + skipped + cancelled, known);
      assertEquals(queued + executing + held, job.live.size);
      const isOver = job.stopping
        ? job.executing === 0
        : job.live.size + (job.waits?.size ?? 0) === 0;
      assertEquals(hasEnded(job), isOver, `${job.status} with ${job.live.size} left`);
    });
    const { jobs, events } = run();
    for (const job of jobs) {
      const stream = events.get(job) ?? [];
      assertEquals(stream.map(({ seq }) => seq), stream.map((_, i) => i + 1));
      const ends = stream.filter(({ type }) => /^job_(completed|failed|cancelled)$/.test(type));
      assertEquals([ends.length, stream.at(-1)?.type], [1, `job_${job.status}`]);
    }
  });
});

Deno.test("Engine fails a job only by its policy", () => {
  holds(100, (run) => {
    const { jobs, events } = run();
    for (const job of jobs) {
      const unhandled = (events.get(job) ?? []).filter((event) =>
        event.type === "activation_failed" && !event.handled ||
        event.type === "wait_expired" && event.handled === undefined
      );
      if (job.status === "completed") assertEquals(unhandled, []);
      if (job.status === "failed") assertEquals(unhandled.length, 1);
    }
  });
});

Deno.test("Engine stores no signal with an open wait", () => {
  holds(60, (run, on) => {
    on(({ job }) => {
      const waited = new Set([...job.waits?.values() ?? []].map(({ signal }) => signal));
      for (const { signal } of job.signals?.values() ?? []) assert(!waited.has(signal), signal);
    });
    run();
  });
});

Deno.test("Engine starts activations only when due and running", () => {
  holds(100, (run, on) => {
    const dueAt = new Map<string, number>();
    on(({ job, command, events, at }) => {
      for (const event of events) {
        if (event.type === "activation_retrying") dueAt.set(event.activationId, event.dueAt);
        if (event.type !== "activation_started") continue;
        assert(at >= (dueAt.get(event.activationId) ?? 0), "before its time");
        assertEquals(job.status, "running");
        assertEquals(job.stopping, undefined);
      }
      if (command?.type === "begin") assertEquals(events.length, 1, "what is taken can begin");
    });
    run();
  });
});

Deno.test("fold() restores the job at every step", () => {
  holds(20, (run, on) => {
    const streams = new Map<Job, JobEvent[]>();
    on(({ job, events }) => {
      const stream = streams.get(job) ?? [];
      streams.set(job, stream);
      stream.push(...structuredClone(events) as JobEvent[]);
      assertEquals(fold(stream), job);
    });
    run();
  });
});

Deno.test("Engine bounds retries and crashes per activation", () => {
  holds(100, (run, _, plan) => {
    const { jobs, events } = run();
    for (const stream of jobs.map((job) => events.get(job) ?? [])) {
      const failures = stream.filter((event) =>
        event.type === "activation_retrying" || event.type === "activation_failed" ||
        event.type === "activation_skipped"
      );
      for (const [, own] of Map.groupBy(failures, ({ activationId }) => activationId)) {
        const { policy } = plan.routines[Number(own[0]?.routineId.slice(1))] ?? { policy: {} };
        const retries = own.filter(({ type }) => type === "activation_retrying");
        const { strategyFor, budgetFor } = effectivePolicy(policy, {});
        const spent = new Map<string | undefined, number>();
        for (const { error } of retries) {
          const budget = budgetFor(error.name);
          const before = spent.get(budget) ?? 0;
          spent.set(budget, before + 1);
          const strategy = strategyFor(error.name);
          assert(isRetry(strategy) && before < (strategy.maxRetries ?? 3), "one retry too many");
        }
        const crashes = retries.filter(({ crashed }) => crashed);
        assert(crashes.length < plan.maxCrashes, `${crashes.length} crashes were retried`);
      }
    }
  });
});

Deno.test("Engine retries by verdict without calling retryable", () => {
  holds(100, (run, on, plan) => {
    on(({ command, events }) => {
      if (command?.type !== "fail" && command?.type !== "expire") return;
      for (const event of events) {
        const { verdict } = command;
        if (event.type === "activation_retrying") {
          if (asks(plan, event.routineId, command.error.name)) assert(verdict?.isRetryable);
          assertEquals(event.error, command.error);
        }
        if (event.type === "wait_renewed") {
          if (asks(plan, event.wait.routineId, command.error.name)) assert(verdict?.isRetryable);
        }
        if (event.type !== "activation_failed" && event.type !== "wait_expired") continue;
        // Only what the verdict reports takes the place of the error.
        if (event.error === command.error) continue;
        assert(verdict?.thrown !== undefined, `${event.error.name}: ${event.error.message}`);
        assertEquals([event.error.name, event.error.cause], [
          verdict.thrown.name,
          { error: command.error },
        ]);
      }
    });
    run();
  });
});

/** Checks whether retries of a routine depend on a function, for errors of a name. */
function asks({ routines }: Plan, routineId: string, errorName: string): boolean {
  const { policy } = routines[Number(routineId.slice(1))] ?? { policy: {} };
  const strategy = effectivePolicy(policy, {}).strategyFor(errorName);
  return isRetry(strategy) && typeof strategy.retryable === "function";
}
