// Reruns of generated jobs, with the events that follow until the rerun has ended.

import { fold } from "../../src/engine/apply.ts";
import { Engine } from "../../src/engine/engine.ts";
import { hasEnded, type Job } from "../../src/engine/job.ts";
import { changeOf } from "../../src/engine/event_table.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { rerunFrom } from "../../src/flow/rerun_from.ts";
import { engineRules, unitEffects } from "../laws/engine_rules.ts";
import type { Plan } from "../laws/plan.ts";

/** A rerun: its state, its stream, and the number of events in it that are copied. */
export interface Rerun {
  readonly job: Job;
  readonly events: readonly JobEvent[];
  readonly copied: number;
}

/**
 * Reruns a job from one of its activations, and executes what is left without another failure.
 *
 * @param stream The stream of the older job.
 * @param choice Any number, which gives the activation.
 */
export function rerunOf(plan: Plan, stream: readonly JobEvent[], choice: number): Rerun {
  const queued = stream.flatMap((event) => changeOf(event).queued ?? []);
  const from = queued[choice % queued.length]?.activationId ?? "";
  const last = stream.at(-1)?.at ?? 0;
  const jobId = `${stream[0]?.jobId} again`;
  const copy = rerunFrom(stream, from, { jobId, at: last + 100, timeout: Infinity }) ??
    // The activation was queued after the failure for which the older job stopped.
    rerunFrom(stream, queued[0]?.activationId ?? "", { jobId, at: last + 100, timeout: Infinity });
  if (copy === undefined) throw new Error("no rerun");
  const events = [...copy];
  const engine = new Engine("generated", engineRules(plan));
  const job = fold(structuredClone(copy));
  let time = last + 100;
  engine.adopt(job, time);
  // With nothing left, it ends at once.
  events.push(...engine.dispatch(job, { type: "recover" }, time));
  while (!hasEnded(job)) {
    const taken = engine.take();
    if (taken === undefined) break;
    const { live } = taken;
    const { activationId } = live.activation;
    events.push(...engine.dispatch(job, { type: "begin", activationId, workerId: "w9" }, ++time));
    const execution = { workerId: "w9", startedAt: time, endedAt: ++time };
    const effects = unitEffects(job, live, [], "late", time);
    events.push(
      ...engine.dispatch(job, { type: "complete", activationId, effects, execution }, time),
    );
  }
  return { job, events, copied: copy.length };
}
