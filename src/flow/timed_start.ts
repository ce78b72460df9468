import type { JobStart } from "../engine/engine.ts";

/** The start of a job; its `dueAt` is a time of this thread's clock. */
export interface TimedStart extends Omit<JobStart, "deadline"> {
  /** The longest time that the job may take, in milliseconds. */
  readonly timeout: number;
}

/**
 * Returns how a job starts by its own clock.
 *
 * @param start How it is to start.
 * @param at The time by its clock, in epoch milliseconds.
 * @param offset By how many milliseconds its clock is ahead of this thread's.
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
