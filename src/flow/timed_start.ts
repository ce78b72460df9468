import type { JobStart } from "../engine/engine.ts";

/** The start of a job; its `dueAt` is a time of this thread's clock. */
export interface TimedStart extends Omit<JobStart, "deadline"> {
  /** The time after which the job fails unless it has ended, in milliseconds. */
  readonly timeout: number;
}

/**
 * Converts the times of a start to the clock of the job.
 *
 * @param start The start, by this thread's clock.
 * @param at The current time by the job's clock, in epoch milliseconds.
 * @param offset The number of milliseconds by which the job's clock is ahead of this thread's.
 */
export function byJobClock(
  { dueAt: due, timeout, ...start }: TimedStart,
  at: number,
  offset: number,
): JobStart {
  const dueAt = due === undefined ? undefined : due + offset;
  return {
    ...start,
    ...dueAt !== undefined && { dueAt },
    ...timeout < Infinity && { deadline: Math.max(at, dueAt ?? 0) + timeout },
  };
}
