import { dim } from "@std/fmt/colors";
import { Chart } from "./chart.ts";
import type { Interval } from "./concurrency.ts";
import { type Execution, executionsOf } from "./executions.ts";
import { lanes } from "./lanes.ts";
import { ofWorker } from "./palette.ts";
import { printable } from "./printable.ts";
import { pad } from "./text.ts";
import type { Drawn } from "./timeline.ts";

/** Draws a line for each job, or several lines if its bars overlap. */
export function jobRows(jobs: readonly Drawn[], whole: Interval, columns: number): string[] {
  const names = jobs.reduce((most, { jobId }) => Math.max(most, printable(jobId).length), 0);
  const chart = new Chart(whole, columns - names - 2);
  const rows = jobs.flatMap((job) =>
    lanes(executionsOf(job), (execution) => chart.range(execution)).map((lane, i) => {
      let row = "";
      let end = 0;
      for (const { item, from, to } of lane) {
        row += " ".repeat(from - end) + labelled(item, to - from);
        end = to;
      }
      return `${pad(i === 0 ? printable(job.jobId) : "", names)}  ${row}`;
    })
  );
  return [
    ...chart.header(names),
    ...rows,
    dim(`Each bar begins with the worker that ran it${broken(jobs)}; part 4 has its times.`),
  ];
}

function broken(jobs: readonly Drawn[]): string {
  const isWhole = jobs.flatMap(executionsOf).every(({ outcome }) => outcome === "completed");
  return isWhole ? "" : ", and is broken if it did not complete";
}

/**
 * Draws a bar with the id of its worker, if there is room; dashed if the attempt did not complete.
 */
function labelled({ workerId, outcome }: Execution, cells: number): string {
  const number = workerId.replace(/^\D+/, "");
  const label = [printable(workerId), printable(number)].find(({ length }) => length <= cells) ??
    "";
  return ofWorker(workerId)(label.padEnd(cells, outcome === "completed" ? "━" : "╌"));
}
