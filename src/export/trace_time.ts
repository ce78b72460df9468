/** The number of ticks in a microsecond. */
const TICKS = 8;

/**
 * Returns a time in microseconds since the start of a trace. It is a multiple of 1/8 µs, which is finer than an epoch
 * time with fraction can be. Such numbers, their sums and their thousandfold are exact, so spans that touch each other
 * never overlap because a viewer rounds them.
 *
 * @param at The time, in epoch milliseconds.
 * @param origin The start of the trace, in epoch milliseconds.
 */
export function traceTime(at: number, origin: number): number {
  return Math.round((at - origin) * 1000 * TICKS) / TICKS;
}

/** The shortest length that a span can have, in microseconds. */
export const TICK: number = 1 / TICKS;
