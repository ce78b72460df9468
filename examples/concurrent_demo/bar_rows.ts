import { bold } from "@std/fmt/colors";
import { Chart } from "./chart.ts";
import type { Interval } from "./concurrency.ts";
import { type Execution, executionsOf } from "./executions.ts";
import { ofWorker, status } from "./palette.ts";
import { printable } from "./printable.ts";
import { milliseconds, pad, since, widthOf } from "./text.ts";
import type { Drawn } from "./timeline.ts";

/**
 * Draws a line for each bar: the routine, the bar, and the worker, the start and the duration of
 * the execution.
 */
export function barRows(jobs: readonly Drawn[], whole: Interval, columns: number): string[] {
  const rows = jobs.flatMap((job) => [
    { name: bold(printable(job.jobId)), numbers: "", execution: undefined },
    ...executionsOf(job).map((execution) => ({
      name: `  ${printable(execution.routineId)}${again(execution)}`,
      numbers: numbersOf(execution, whole.startedAt),
      execution,
    })),
  ]);
  const names = Math.max(...rows.map(({ name }) => widthOf(name)));
  const numbers = Math.max(...rows.map(({ numbers }) => widthOf(numbers)));
  const chart = new Chart(whole, columns - names - numbers - 4);
  return [
    ...chart.header(names),
    ...rows.map(({ name, numbers, execution }) => {
      if (execution === undefined) return name;
      const { before, bar } = chart.bar(execution);
      const drawn = pad(before + ofWorker(execution.workerId)(bar), chart.cells);
      return `${pad(name, names)}  ${drawn}  ${numbers}`;
    }),
  ];
}

function again({ attempt }: Execution): string {
  return attempt > 1 ? ` (attempt ${attempt})` : "";
}

function numbersOf({ workerId, startedAt, endedAt, outcome }: Execution, start: number): string {
  return [
    ofWorker(workerId)(pad(printable(workerId), "w1".length)),
    pad(since(start, startedAt), "+1000.0".length, true),
    pad(milliseconds(endedAt - startedAt), "100.0 ms".length, true),
    ...outcome === "completed" ? [] : [status(outcome)],
  ].join("  ");
}
