import type { JobTrace } from "../run/job_trace.ts";
import type { Slice } from "./trace_slices.ts";
import { TICK, traceTime } from "./trace_time.ts";

/** An arrow from the attempt that emitted a payload to the first attempt that received it. */
export interface Arrow {
  readonly from: Slice;
  readonly to: Slice;
  /** The event of the emit; `signal` if a signal led to the activation that `from` waited for. */
  readonly name: string;
  /** A time within `from`, in microseconds since the start of the run. */
  readonly start: number;
  /** A time within `to`, not before `start`. */
  readonly end: number;
}

/**
 * Returns the arrows of a job. An arrow without a place is left out: its emitting attempt belongs to an older job, or
 * the clocks of two workers disagree by more than the length of the attempts.
 *
 * @param job The job.
 * @param slices Its executions.
 * @param origin The start of the run, in epoch milliseconds.
 */
export function* arrowsOf(
  job: JobTrace,
  slices: readonly Slice[],
  origin: number,
): Generator<Arrow, void, undefined> {
  const byActivation = Map.groupBy(slices, ({ activation }) => activation.activationId);
  for (const { activationId, from, event, queuedAt } of job.activations) {
    const to = byActivation.get(activationId)?.[0];
    const sources = from === undefined ? undefined : byActivation.get(from);
    if (to === undefined || sources === undefined) continue;
    const queued = traceTime(queuedAt, origin);
    const source = sources.findLast(({ start }) => start <= queued) ?? sources[0];
    if (source === undefined) continue;
    // A viewer finds the slice of an arrow by a time before its end.
    const latest = Math.min(queued, to.start, source.end - TICK);
    const start = Math.max(source.start, latest);
    const end = Math.max(to.start, start);
    if (end < to.end) yield { from: source, to, name: event ?? "signal", start, end };
  }
}
