/**
 * Measures the cost of views, and their speed: `deno task bench:views`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, dim, green, red } from "@std/fmt/colors";
import { dirname } from "node:path";
import { describeMachine } from "../harness/machine.ts";
import { type DashboardTimes, measureDashboard } from "./dashboard.ts";
import { type JournalTime, measureJournal } from "./journal.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** The minimum ratio of the throughput with views to that without. */
const LEAST_RATIO = 0.9;

/** The maximum time of an answer of a dashboard with ten thousand jobs, in milliseconds. */
const MOST_MS = 200;

/** The maximum time to open a journal of a million events, in seconds. */
const MOST_SECONDS = 2;

/** A goal, and the figure that is compared with it. */
interface Goal {
  readonly name: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
  readonly passed: boolean;
}

const { quick, json } = parseArgs(Deno.args, {
  string: ["json"],
  boolean: ["quick"],
  default: { json: "bench/results/views.json" },
});

const folder = await Deno.makeTempDir({ prefix: "millrace_views_" });
try {
  const throughput = await measureThroughput(quick ? 1_000 : 20_000, quick ? 3 : 15);
  const dashboard = await measureDashboard(quick ? 1_000 : 10_000);
  const journal = await measureJournal(folder, quick ? 100_000 : 1_000_000);
  const goals = goalsOf(throughput, dashboard, journal);
  console.log(linesOf(throughput, dashboard, journal, goals).join("\n"));
  const results = {
    date: new Date().toISOString(),
    command: "deno task bench:views",
    machine: describeMachine(),
    quick,
    goals,
    throughput,
    dashboard,
    journal,
  };
  await Deno.mkdir(dirname(json), { recursive: true });
  await Deno.writeTextFile(json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(dim(`written to ${json}`));
} finally {
  await Deno.remove(folder, { recursive: true });
}

function goalsOf(
  throughput: readonly Throughput[],
  { list, filter, search, open }: DashboardTimes,
  journal: JournalTime,
): Goal[] {
  const ratios = throughput.filter(({ view }) => view !== "none").map(({ view, ratio }) => ({
    name: `throughput, ${view}`,
    value: ratio,
    least: LEAST_RATIO,
    passed: ratio >= LEAST_RATIO,
  }));
  const answers = Object.entries({ list, filter, search, open }).map(([name, value]) => ({
    name: `dashboard, ${name}`,
    value,
    most: MOST_MS,
    passed: value <= MOST_MS,
  }));
  const opened = {
    name: "journal, list",
    value: journal.list,
    most: MOST_SECONDS,
    passed: journal.list <= MOST_SECONDS,
  };
  return [...ratios, ...answers, opened];
}

function linesOf(
  throughput: readonly Throughput[],
  dashboard: DashboardTimes,
  { events, list, job }: JournalTime,
  goals: readonly Goal[],
): string[] {
  const rates = throughput.map(({ view, rate, ratio }) =>
    `  ${view.padEnd(12)}${Math.round(rate.median).toLocaleString("en").padStart(10)}` +
    ratio.toFixed(2).padStart(8)
  );
  const { jobs, ...times } = dashboard;
  const answers = Object.entries(times).map(([name, ms]) =>
    `  ${name.padEnd(12)}${ms.toFixed(1).padStart(10)}`
  );
  return [
    bold("Five-stage flow with views, activations a second"),
    ...rates,
    bold(`Dashboard with ${jobs.toLocaleString("en")} jobs, milliseconds`),
    ...answers,
    bold(`Journal of ${events.toLocaleString("en")} events, seconds as a whole process`),
    `  ${"list".padEnd(12)}${list.toFixed(2).padStart(10)}`,
    `  ${"one job".padEnd(12)}${job.toFixed(2).padStart(10)}`,
    bold("Goals"),
    ...goals.map(({ name, value, least, most, passed }) =>
      `  ${passed ? green("reached") : red("missed ")} ${name}: ${value.toFixed(2)} (${
        least === undefined ? `at most ${most}` : `at least ${least}`
      })`
    ),
  ];
}
