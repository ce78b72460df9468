import { duration, milliseconds } from "../terminal/duration.ts";

/** The length from which on durations are shown in larger units, in milliseconds. */
const LONG = 100_000;

/** Formats a duration as `101.3 ms`, or as `2m 05s` if it is long. */
export function exact(ms: number): string {
  return ms < LONG ? milliseconds(ms) : duration(ms);
}
