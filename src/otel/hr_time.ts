import type { HrTime } from "npm:@opentelemetry/api@1.3.0";

/**
 * Converts epoch milliseconds to seconds and nanoseconds. A number would be ambiguous, as SDKs take one that is
 * less than the start of the program for the time since then.
 */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  const nanoseconds = Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1_000_000));
  return [seconds, nanoseconds];
}
