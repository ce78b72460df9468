import { bold, dim, green, red, yellow } from "@std/fmt/colors";
import type { Summary } from "./results.ts";
import { milliseconds, table } from "./text.ts";
import type { Troubles } from "./troubles.ts";

/** Shows the figures of a run. Troubles that did not occur are left out. */
export function summaryView(summary: Summary, limit: number, troubles: Troubles): string[] {
  const { jobs, completed, failed, wallMs, busyMs, lowerBoundMs, ratio } = summary;
  const { unfinished, failures, retries, skipped } = troubles;
  const cancelled = jobs - completed - failed - unfinished;
  const row = (name: string, count: number, note: string) =>
    count > 0 ? [[name, yellow(String(count)), note]] : [];
  const isByWork = lowerBoundMs <= busyMs / limit;
  const bound = isByWork ? `busy time / ${limit}` : "the longest job's own chain";
  return table(
    [
      ["jobs", String(jobs), ""],
      ["completed", colour(green, completed === jobs, completed), ""],
      ["failed", colour(red, failed > 0, failed), ""],
      ...row("cancelled", cancelled, ""),
      ...row("unfinished", unfinished, "kept, to go on from"),
      ...row("failures", failures, "attempts that failed"),
      ...row("retries", retries, "of them were followed by another"),
      ...row("skipped", skipped, "given up while their job went on"),
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
