// JobEvents for the conformance cases, and for the tests of encodings.

import { emptyJob, type Job } from "../../engine/job.ts";
import type {
  Activation,
  ActivationCompleted,
  ActivationSkipped,
  ActivationStarted,
  JobEvent,
  JobStarted,
} from "../../engine/job_event.ts";

/** The flow of the sample events. */
export const SAMPLE_FLOW = { flowId: "sample", lines: ["routine a", "routine b"] };

/** The start of a job with a first activation. */
export type StartedWith = JobStarted & { readonly activation: Activation };

/** Returns the start of a job. */
export function started(jobId: string, at = 1): StartedWith {
  return startedWith(jobId, at, jobId);
}

/** Returns the start of a job with a payload. */
export function startedWith(jobId: string, at: number, payload: unknown): StartedWith {
  const activation: Activation = {
    activationId: `${jobId}:0`,
    routineId: "a",
    slot: "in",
    payload,
  };
  return { type: "job_started", jobId, seq: 1, at, flowId: SAMPLE_FLOW.flowId, activation };
}

/** Returns the start of an attempt. */
export function begun(jobId: string, seq: number): ActivationStarted {
  const about = {
    jobId,
    seq,
    at: seq,
    activationId: `${jobId}:${seq}`,
    routineId: "a",
    slot: "in",
  };
  return { type: "activation_started", ...about, attempt: 1, workerId: "w" };
}

/** Returns the events of a job that is fed, with one for each list of items. */
export function fedWith(jobId: string, batches: readonly (readonly unknown[])[]): JobEvent[] {
  const { flowId } = SAMPLE_FLOW;
  const place = { routineId: "a", slot: "in" };
  const events: JobEvent[] = [{ type: "job_started", jobId, seq: 1, at: 1, flowId, feed: place }];
  let taken = 0;
  for (const batch of batches) {
    const seq = events.length + 1;
    const queued = batch.map((payload) => ({
      activationId: `${jobId}/${++taken}`,
      ...place,
      payload,
    }));
    events.push({ type: "feed_taken", jobId, seq, at: seq, queued, taken });
  }
  return events;
}

/** Returns the end of an activation that completed. */
export function completed(jobId: string, seq: number): ActivationCompleted {
  return completedWith(jobId, seq, seq);
}

/** Returns the end of an activation that emitted, wrote and logged a payload. */
export function completedWith(jobId: string, seq: number, payload: unknown): ActivationCompleted {
  const [activationId, routineId, slot] = [`${jobId}:${seq}`, "a", "in"];
  const from = activationId;
  return {
    type: "activation_completed",
    ...{ jobId, seq, at: seq, activationId, routineId, slot, attempt: 1, workerId: "w" },
    startedAt: seq - 0.5,
    endedAt: seq - 0.25,
    effects: {
      emits: [{ event: "out", payload, timestamp: seq - 0.3 }],
      sharedData: [{ key: "k", value: payload }],
      sharedLog: [{ data: payload, timestamp: seq - 0.3 }],
    },
    queued: [{
      activationId: `${jobId}:${seq}b`,
      routineId: "b",
      slot,
      payload,
      from,
      event: "out",
      emit: 0,
    }],
    unrouted: 0,
  };
}

/**
 * Returns the end of an activation that emitted twice: first a small payload, then one that is delivered later
 * to three slots, with a renamed field in one of them, and held back in another.
 */
export function deliveredWith(jobId: string, seq: number, payload: unknown): ActivationCompleted {
  const event = completedWith(jobId, seq, "small");
  const [first] = event.queued as [Activation];
  const delay = 7;
  const more = { ...first, payload, emit: 1, event: "large", dueAt: seq + delay };
  const [timestamp, map] = [seq, { text: "content" }];
  return {
    ...event,
    effects: {
      ...event.effects,
      emits: [...event.effects.emits, { event: "large", payload, timestamp, delay }],
    },
    queued: [
      first,
      { ...more, activationId: `${jobId}:${seq}c` },
      {
        ...more,
        activationId: `${jobId}:${seq}d`,
        payload: renamed(payload),
        map,
      },
      { ...more, activationId: `${jobId}:${seq}e`, payload: structuredClone(payload), held: true },
    ],
  };
}

/**
 * Returns the end of an activation that was skipped, and whose fallback is delivered to three slots, with a
 * renamed field in one of them.
 */
export function skippedWith(jobId: string, seq: number, payload: unknown): ActivationSkipped {
  const { queued: [, first, third, second] } = deliveredWith(jobId, seq, payload);
  const [activationId, routineId, slot] = [`${jobId}:${seq}`, "a", "in"];
  return {
    type: "activation_skipped",
    ...{ jobId, seq, at: seq, activationId, routineId, slot, attempt: 1 },
    error: { name: "Error", message: "failed" },
    queued: [first, second, third].map((one) => {
      const { emit: _, map: __, dueAt: ___, payload, ...activation } = one as Activation;
      return { ...activation, payload: structuredClone(payload) };
    }),
  };
}

/** Returns the events of a signal that is received and then delivered to a slot. */
export function signalWith(jobId: string, seq: number, payload: unknown): JobEvent[] {
  const { queued: [first] } = completedWith(jobId, seq, structuredClone(payload));
  const { emit: _, event: __, ...activation } = first as Activation;
  const signal = "go";
  return [
    { type: "signal_received", jobId, seq, at: seq, signal, payload },
    {
      type: "signal_delivered",
      ...{ jobId, seq: seq + 1, at: seq + 1, signal, received: seq, waitId: `${jobId}?1` },
      activation,
    },
  ];
}

/** Returns a payload with its field `text` renamed. */
function renamed(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null || !("text" in payload)) return payload;
  const { text, ...rest } = structuredClone(payload);
  return { ...rest, content: text };
}

/** Returns an event of a job as a whole. */
export function changed(
  jobId: string,
  seq: number,
  type: "job_paused" | "job_resumed" | "job_completed" | "job_failed" | "job_cancelled",
  at = seq,
): JobEvent {
  return { type, jobId, seq, at };
}

/** Returns a possible state of a job after `seq` events. */
export function jobAfter(event: JobStarted, seq: number, value: unknown): Job {
  const job = emptyJob(event);
  job.seq = seq;
  job.status = "running";
  job.sharedData.set("k", value);
  return job;
}
