// Durations as text. Views choose between the exact forms, which line up in columns, and the short one, which fits
// anywhere.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/**
 * Formats a duration in at most seven columns, with the unit that suits it: `0.4 ms`, `850 ms`, `9.3 s`, `42 s`,
 * `2m 05s`, `1h 03m`, `3d 04h`.
 */
export function duration(ms: number): string {
  if (!(ms >= 0)) return "0 ms";
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < SECOND - 0.5) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND) return seconds(ms);
  if (ms < MINUTE - SECOND / 2) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR - SECOND / 2) return parts(ms, MINUTE, "m", SECOND, "s");
  if (ms < DAY - MINUTE / 2) return parts(ms, HOUR, "h", MINUTE, "m");
  if (ms < 99 * DAY) return parts(ms, DAY, "d", HOUR, "h");
  return ms === Infinity ? "∞" : `${Math.min(999_999, Math.round(ms / DAY))}d`;
}

/** Formats a duration that is still growing like {@linkcode duration}, but in seconds from the start: `0.4 s`. */
export function stopwatch(ms: number): string {
  return ms >= 9.95 * SECOND ? duration(ms) : seconds(Math.max(0, ms || 0));
}

/** Returns a function that formats the time until a moment, as `in 0.4 s`, or `now` if it has come. */
export function timeLeft(at: number): (time: number) => string {
  return (time) => time > at ? `in ${stopwatch(time - at)}` : "now";
}

/** Formats a duration, as `101.3 ms`. */
export function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

/** Formats a duration, as `1.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1)} s`;
}

/** Formats the time from a start to a moment, as `+101.3`, in milliseconds. */
export function since(start: number, moment: number): string {
  const gone = (moment - start).toFixed(1);
  return gone.startsWith("-") ? gone : `+${gone}`;
}

function parts(ms: number, large: number, a: string, small: number, b: string): string {
  const all = Math.round(ms / small);
  const each = large / small;
  return `${Math.floor(all / each)}${a} ${String(all % each).padStart(2, "0")}${b}`;
}
