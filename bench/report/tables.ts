import { bold, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import type { GoalResult, WorkloadResult } from "../harness/results.ts";
import { plusMinus, range, shown } from "./numbers.ts";

/** A text, and its colour, which does not count for its width. */
interface Cell {
  readonly text: string;
  readonly color?: (text: string) => string;
}

/** Returns a workload's table for the terminal: medians, and half of the range of the samples. */
export function workloadTable({ title, about, figures, cases }: WorkloadResult): string {
  const head: Cell[] = [
    { text: "" },
    ...figures.flatMap(({ title, unit }): Cell[] => [
      { text: `${title}, ${unit}`, color: bold },
      { text: "" },
    ]),
  ];
  const rows = cases.map((found): Cell[] => {
    const label = found.version === undefined ? found.name : `${found.name} ${found.version}`;
    const cells = figures.flatMap(({ key }): Cell[] => {
      const spread = found.figures[key];
      return spread === undefined
        ? [{ text: "–" }, { text: "" }]
        : [{ text: shown(spread.median) }, { text: plusMinus(spread), color: dim }];
    });
    const name: Cell = found.name === "Millrace" ? { text: label, color: cyan } : { text: label };
    return [name, ...cells];
  });
  const failures = cases.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [yellow(`${name}: ${failure}`)]
  );
  return [bold(title), dim(about), "", ...aligned([head, ...rows]), ...failures, ""].join("\n");
}

/** Returns the table of the goals for the terminal. */
export function goalsTable(goals: readonly GoalResult[]): string {
  const rows = goals.map(({ figure, goal, unit = "×", value, passed }): Cell[] => [
    passed === undefined
      ? { text: "not measured", color: dim }
      : passed
      ? { text: "pass", color: green }
      : { text: "miss", color: red },
    { text: figure },
    { text: goal, color: dim },
    { text: value === undefined ? "–" : `${shown(value.median)} ${unit}` },
    { text: value === undefined ? "" : range(value), color: dim },
  ]);
  return [bold("Must be reached"), "", ...aligned(rows, 2), ""].join("\n");
}

/** Aligns columns: the first `left` columns to the left, the others to the right. */
function aligned(rows: readonly (readonly Cell[])[], left = 1): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, i) => Math.max(...rows.map((row) => row[i]?.text.length ?? 0)),
  );
  return rows.map((row) =>
    row.map(({ text, color = String }, i) => {
      const space = " ".repeat((widths[i] ?? 0) - text.length);
      return i < left ? color(text) + space : space + color(text);
    }).join("  ").trimEnd()
  );
}
