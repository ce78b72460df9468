/**
 * Draws the README's chart from the results: `deno run -RW bench/chart.ts`. For other files:
 * `deno run -RW bench/chart.ts results.json chart.svg`.
 *
 * @module
 */
import type { CaseResult, Results } from "./harness/results.ts";
import { shown } from "./report/numbers.ts";
import { findWorkload, readResults } from "./report/read_results.ts";

/** The panels: each shows a figure of a workload, for all cases. */
const PANELS = [
  { workload: "burst", key: "noop", title: "No-op burst", unit: "tasks/s", note: "more is better" },
  { workload: "latency", key: "mean", title: "One at a time", unit: "µs", note: "less is better" },
  {
    workload: "mix",
    key: "behind",
    title: "200 short tasks behind a long one",
    unit: "ms",
    note: "less is better",
  },
  {
    workload: "cold",
    key: "first",
    title: "Cold start to first result",
    unit: "ms",
    note: "less is better",
  },
];

const PANEL_WIDTH = 420, LABEL_WIDTH = 148, VALUE_WIDTH = 64, PAD = 10;
const ROW_HEIGHT = 22, BAR_HEIGHT = 13, HEAD_HEIGHT = 34;
const BARS_WIDTH = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH - 2 * PAD;

// A medium grey, and colours of the same lightness, which are readable on black and on white.
const TEXT = "#777e87", OURS = "#2188ff", THEIRS = "#8b949e", PLATFORM = "#57ab5a";

/** The cases that are no libraries, and show the limits of the platform. */
const YARDSTICKS = ["raw worker", "bare batching pool", "Deno alone"];

/** Draws the chart, as SVG. */
export function chart(results: Results): string {
  const panels = PANELS.flatMap((panel) => {
    const cases = (findWorkload(results, panel.workload)?.cases ?? [])
      .filter(({ figures }) => figures[panel.key] !== undefined);
    return cases.length === 0 ? [] : [{ ...panel, cases }];
  });
  const heights = panels.map(({ cases }) => HEAD_HEIGHT + cases.length * ROW_HEIGHT + PAD);
  let y = 0;
  const drawn: string[] = [];
  for (let i = 0; i < panels.length; i += 2) {
    for (const column of [0, 1]) {
      const panel = panels[i + column];
      if (panel !== undefined) drawn.push(drawPanel(panel, column * PANEL_WIDTH, y));
    }
    y += Math.max(heights[i] ?? 0, heights[i + 1] ?? 0);
  }
  const { cpu, cores, deno } = results.machine;
  const origin = `${
    results.date.slice(0, 10)
  }, ${cpu}, ${cores} cores, Deno ${deno}, ${results.maxWorkers} workers; medians of ${results.rounds} rounds, thin lines from least to greatest`;
  const key = "Grey: other pools. Green: no library, but what the platform can do.";
  const width = 2 * PANEL_WIDTH, height = y + 40;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="12" fill="${TEXT}" role="img" aria-label="${
    escape(panels.map(({ title }) => title).join("; "))
  }">
${drawn.join("\n")}
<text x="${PAD}" y="${height - 24}" font-size="11">${key}</text>
<text x="${PAD}" y="${height - 8}" font-size="11">${escape(origin)}</text>
</svg>
`;
}

type Panel = (typeof PANELS)[number] & { readonly cases: readonly CaseResult[] };

function drawPanel({ title, unit, note, key, cases }: Panel, x: number, y: number): string {
  const most = Math.max(...cases.map(({ figures }) => figures[key]?.max ?? 0));
  const rows = cases.map((found, i) => drawRow(found, key, most, i));
  return `<g transform="translate(${x} ${y})">
<text x="${PAD}" y="20" font-size="14" font-weight="600">${
    escape(title)
  }<tspan font-size="11" font-weight="400" dx="6">${unit}, ${note}</tspan></text>
${rows.join("\n")}
</g>`;
}

function drawRow({ name, figures }: CaseResult, key: string, most: number, row: number): string {
  const { median = 0, min = 0, max = 0 } = figures[key] ?? {};
  const at = (value: number) => (LABEL_WIDTH + PAD + value / most * BARS_WIDTH).toFixed(1);
  const middle = HEAD_HEIGHT + row * ROW_HEIGHT + ROW_HEIGHT / 2;
  const isOurs = name === "Millrace";
  const color = isOurs ? OURS : YARDSTICKS.includes(name) ? PLATFORM : THEIRS;
  const weight = isOurs ? ` font-weight="700"` : "";
  const width = Math.max(1, median / most * BARS_WIDTH).toFixed(1);
  return [
    `<text x="${LABEL_WIDTH}" y="${middle + 4}" text-anchor="end"${weight}>${escape(name)}</text>`,
    `<rect x="${at(0)}" y="${
      middle - BAR_HEIGHT / 2
    }" width="${width}" height="${BAR_HEIGHT}" rx="2" fill="${color}"/>`,
    `<path d="M${at(min)} ${middle}H${at(max)}" stroke="${TEXT}" stroke-width="1.5"/>`,
    `<text x="${Number(at(max)) + 6}" y="${middle + 4}"${weight}>${shown(median)}</text>`,
  ].join("");
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

if (import.meta.main) {
  const [from = "bench/results/latest.json", to = "bench/results/chart.svg"] = Deno.args;
  await Deno.writeTextFile(to, chart(await readResults(from)));
}
