import {
  blue,
  bold,
  brightBlue,
  brightCyan,
  brightGreen,
  brightMagenta,
  cyan,
  dim,
  green,
  magenta,
  red,
  yellow,
} from "@std/fmt/colors";

/** Colours a text. */
export type Paint = (text: string) => string;

// Not red, which means a failure.
const WORKERS: readonly Paint[] = [
  cyan,
  magenta,
  green,
  blue,
  brightCyan,
  brightMagenta,
  brightGreen,
  brightBlue,
];

/** Returns the colour of a worker, by the number in its id. */
export function ofWorker(workerId: string): Paint {
  const number = Number(workerId.match(/\d+$/)?.[0] ?? 1);
  return WORKERS[(number - 1) % WORKERS.length] ?? cyan;
}

/** Colours the status of a job, or the outcome of an activation. */
export function status(text: string, shown = text): string {
  if (text === "completed") return green(shown);
  if (text === "failed") return red(shown);
  if (PASSING.has(text)) return yellow(shown);
  return text === "running" ? cyan(shown) : shown;
}

/** The statuses and outcomes that differ from success without failing a job. */
const PASSING: ReadonlySet<string> = new Set(["cancelled", "paused", "retried", "skipped"]);

/** Returns the line above a part of the output. */
export function heading(title: string, columns: number): string {
  return `${bold(title)} ${dim("─".repeat(Math.max(0, columns - title.length - 1)))}`;
}
