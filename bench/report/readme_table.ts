/**
 * Prints the README's table of the results: `deno run -R bench/report/readme_table.ts`.
 *
 * @module
 */
import { POOL_NAMES } from "../contenders/registry.ts";
import type { GoalResult, Results } from "../harness/results.ts";
import { range, shown } from "./numbers.ts";
import { findFigure, originOf, readResults } from "./read_results.ts";

/** The columns: a figure of a workload, and its title in the README. */
const COLUMNS = [
  { workload: "burst", key: "noop", title: "burst, no-ops/s" },
  { workload: "latency", key: "mean", title: "one at a time, µs" },
  { workload: "mix", key: "behind", title: "short tasks behind a long one, ms" },
  { workload: "payloads", key: "mb8Moved", title: "8 MB transferred, ms" },
];

/** Returns the table of all pools, as Markdown. */
export function poolTable(results: Results): string {
  const rows = POOL_NAMES.map((name) => {
    const version = results.workloads.flatMap(({ cases }) => cases)
      .find((found) => found.name === name)?.version;
    const label = version === undefined ? name : `${name} ${version}`;
    const cells = COLUMNS.map(({ workload, key }) => {
      const figure = findFigure(results, workload, name, key);
      return figure === undefined ? "–" : shown(figure.median);
    });
    return [name === "Millrace" ? `**${label}**` : label, ...cells];
  });
  return [markdown(["", ...COLUMNS.map(({ title }) => title)], rows), "", originOf(results)]
    .join("\n");
}

/** Returns the table of the goals, as Markdown. */
export function goalTable(goals: readonly GoalResult[]): string {
  const rows = goals.map(({ figure, goal, unit = "×", value, passed }) => [
    figure,
    goal,
    value === undefined ? "–" : `${shown(value.median)} ${unit} (${range(value)})`,
    passed === undefined ? "not measured" : passed ? "pass" : "miss",
  ]);
  return markdown(["figure", "goal", "measured", ""], rows);
}

/** Returns a table in the format of `deno fmt`. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    Math.max(3, cell.length, ...rows.map((row) => row[i]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join(" | ")} |`;
  const rule = widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

if (import.meta.main) {
  const results = await readResults(Deno.args[0]);
  console.log(`${poolTable(results)}\n\n${goalTable(results.goals)}`);
}
