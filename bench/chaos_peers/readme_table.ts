/**
 * Prints the README's table of the results: `deno run -R bench/chaos_peers/readme_table.ts`.
 *
 * @module
 */
import { isContained, told } from "./outcome.ts";
import { RESULTS, type Results } from "./results.ts";

/** Returns the table as formatted Markdown. Contained failures are bold. */
export function chaosTable({ pools, rows, deno, command }: Results): string {
  const head = ["", ...pools.map(({ name, version }) => `${name} ${version}`)];
  const body = rows.map(({ title, outcomes }) => [
    title,
    ...pools.map(({ name }) => {
      const outcome = outcomes[name];
      if (outcome === undefined) return "–";
      return isContained(outcome) ? `**${told(outcome)}**` : told(outcome);
    }),
  ]);
  return `${markdown([head, ...body])}\n\nMade by \`${command}\` on Deno ${deno}.`;
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

if (import.meta.main) {
  const text = await Deno.readTextFile(Deno.args[0] ?? RESULTS);
  console.log(chaosTable(JSON.parse(text)));
}
