import { now, systemOffset } from "../data/clock.ts";

/** Returns the time, in epoch milliseconds. */
export function epochNow(): number {
  return now() + systemOffset();
}

/** Returns a time in UTC, as `2026-01-31 12:00:00`. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, "2026-01-31T12:00:00".length).replace("T", " ");
}
