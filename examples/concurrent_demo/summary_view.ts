import { bold, dim, green, red, yellow } from "@std/fmt/colors";
import type { Summary } from "./results.ts";
import { milliseconds, table } from "./text.ts";

/** How a run went, in numbers. */
export function summaryView(summary: Summary, maxWorkers: number): string[] {
  const { jobs, completed, failed, wallMs, busyMs, lowerBoundMs, ratio } = summary;
  const cancelled = jobs - completed - failed;
  const isByWork = lowerBoundMs <= busyMs / maxWorkers;
  const bound = isByWork ? `busy time / ${maxWorkers}` : "the longest job's own chain";
  return table(
    [
      ["jobs", String(jobs), ""],
      ["completed", colour(green, completed === jobs, completed), ""],
      ["failed", colour(red, failed > 0, failed), ""],
      ...cancelled > 0 ? [["cancelled", yellow(String(cancelled)), ""]] : [],
      ["wall time", milliseconds(wallMs), ""],
      ["busy time", milliseconds(busyMs), "all activations together"],
      ["lower bound", milliseconds(lowerBoundMs), `${bound}: no schedule is faster`],
      ["ratio", bold(ratio === null ? "–" : ratio.toFixed(3)), "wall time / lower bound"],
    ].map(([name = "", value = "", note = ""]) => [name, value, dim(note)]),
    [1],
  );
}

function colour(paint: (text: string) => string, isOn: boolean, count: number): string {
  return isOn ? paint(String(count)) : String(count);
}
