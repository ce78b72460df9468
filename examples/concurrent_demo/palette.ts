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

/** Gives a text a colour. */
export type Paint = (text: string) => string;

// No red, which stands for what went wrong.
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

/** The colour of a worker, by the number in its id. */
export function ofWorker(workerId: string): Paint {
  const number = Number(workerId.match(/\d+$/)?.[0] ?? 1);
  return WORKERS[(number - 1) % WORKERS.length] ?? cyan;
}

/** Gives the status of a job, or what became of an activation, its colour. */
export function status(text: string, shown = text): string {
  if (text === "completed") return green(shown);
  if (text === "failed") return red(shown);
  if (PASSING.has(text)) return yellow(shown);
  return text === "running" ? cyan(shown) : shown;
}

/** What went another way than was meant, without failing a job. */
const PASSING: ReadonlySet<string> = new Set(["cancelled", "paused", "retried", "skipped"]);

/** The line above a part of the output. */
export function heading(title: string, columns: number): string {
  return `${bold(title)} ${dim("─".repeat(Math.max(0, columns - title.length - 1)))}`;
}
