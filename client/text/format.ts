/** Returns a number with separators between thousands, such as `12,345`. */
export function count(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a duration in milliseconds in the unit that suits it, such as `40 µs`, `1.2 ms`, `3.40 s` or `2 h 5 min`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms <= 0) return "0 ms";
  if (ms < 0.0995) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 0.95) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.round((minutes % 1_440) / 60)} h`;
}

/** Returns a rate, such as `0.4` or `1,234`. */
export function rate(perSecond: number): string {
  return perSecond < 9.95 && perSecond > 0 ? perSecond.toFixed(1) : count(perSecond);
}

/** Returns a time of day with milliseconds, such as `14:03:09.120`. */
export function clock(at: number | undefined): string {
  if (at === undefined) return "–";
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${
    date.getMilliseconds().toString().padStart(3, "0")
  }`;
}

/** Returns a function that formats the time until a moment, such as `in 1.20 s`, or `now` if it has come. */
export function timeLeft(now: number): (time: number) => string {
  return (time) => time > now ? `in ${duration(time - now)}` : "now";
}

/** Returns a date and a time, such as `2026-05-04 14:03:09`. */
export function dateTime(at: number | undefined): string {
  if (at === undefined) return "–";
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${
    two(date.getHours())
  }:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Returns a number of things, such as `1 job` or `20 jobs`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}
