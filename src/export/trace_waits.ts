import type { JobTrace, TracedActivation } from "../run/job_trace.ts";
import { traceTime } from "./trace_time.ts";

/** A time that something has waited, in microseconds since the start of the run. */
export interface WaitSpan {
  readonly name: string;
  /** The reason: no worker was free, the delay of a retry, or a signal. */
  readonly cat: "queued" | "delayed" | "signal";
  readonly start: number;
  readonly end: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Returns the times that the activations and routines of a job have waited. */
export function* waitsOf(
  job: JobTrace,
  origin: number,
  now: number | undefined,
): Generator<WaitSpan, void, undefined> {
  const until = job.endedAt ?? Math.max(job.lastAt, now ?? -Infinity);
  const time = (at: number) => traceTime(Math.max(at, job.createdAt), origin);
  for (const activation of job.activations) {
    for (const { cat, from, to, attempt } of waitsFor(activation, until)) {
      const [start, end] = [time(from), time(to)];
      if (end <= start) continue;
      const { activationId, routineId, slot } = activation;
      const args = { job: job.jobId, activation: activationId, slot, attempt };
      yield { name: `${routineId} (${cat})`, cat, start, end, args };
    }
  }
  for (const { signal, routineId, since, endedAt = until, outcome, activationId } of job.waits) {
    const args = { job: job.jobId, activation: activationId, signal, outcome };
    const [start, end] = [time(since), time(endedAt)];
    yield { name: `${routineId} (signal ${signal})`, cat: "signal", start, end, args };
  }
}

function* waitsFor(
  { attempts, queuedAt, readyAt, endedAt, outcome }: TracedActivation,
  until: number,
): Generator<{ cat: "queued" | "delayed"; from: number; to: number; attempt: number }> {
  let before = queuedAt;
  for (const one of attempts) {
    const { attempt, startedAt } = one;
    yield { cat: "delayed", from: before, to: Math.min(one.readyAt, startedAt), attempt };
    yield { cat: "queued", from: one.readyAt, to: startedAt, attempt };
    before = one.endedAt ?? until;
  }
  // Waits for an attempt, or has ended while it did.
  const hasWaited = outcome === "queued" || outcome === "held" || (endedAt ?? before) > before;
  if (!hasWaited) return;
  const attempt = attempts.length + 1;
  const last = endedAt ?? until;
  const ready = Math.min(Math.max(readyAt, before), last);
  yield { cat: "delayed", from: before, to: ready, attempt };
  yield { cat: "queued", from: ready, to: last, attempt };
}
