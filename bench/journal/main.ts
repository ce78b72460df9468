/**
 * Measures the cost of a journal, and the time of a recovery: `deno task bench:journal`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { bold, dim, green, red } from "@std/fmt/colors";
import { dirname } from "node:path";
import { describeMachine } from "../harness/machine.ts";
import { type Kind, measureRecovery, type Recovery } from "./recovery.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** The minimum ratio of the throughput with a journal to that in memory. */
const GOAL = 0.3;
/** The minimum ratio of the throughput with a journal to that of the inserts of its events alone. */
const RAW_GOAL = 0.5;

/**
 * The maximum growth of time and memory for ten times the work: ten, plus half of that for
 * disturbances.
 */
const GROWTH = 15;

const { quick, json } = parseArgs(Deno.args, {
  string: ["json"],
  boolean: ["quick"],
  default: { json: "bench/results/journal.json" },
});

function throughputTable(all: readonly Throughput[]): string[] {
  return [
    bold("Five-stage flow, activations a second"),
    ...all.map(({ store, rate, ratio, rawRatio }) => {
      const goal = store === "normal"
        ? ` ${verdict(ratio >= GOAL)} (goal ${GOAL}), ${rawRatio.toFixed(2)} of raw inserts ` +
          `${verdict(rawRatio >= RAW_GOAL)} (goal ${RAW_GOAL})`
        : "";
      const name = store === "memory" ? "in memory" : `journal, ${store}`;
      return `  ${name.padEnd(16)}${Math.round(rate.median).toLocaleString("en").padStart(10)}` +
        `${ratio.toFixed(2).padStart(8)}${goal}`;
    }),
  ];
}

function recoveryTable(all: readonly Recovery[]): string[] {
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`.padStart(9);
  return [
    bold("Recovery"),
    dim(`  ${"".padEnd(32)}${"seconds".padStart(9)}     held     peak     file`),
    ...all.map(({ kind, size, seconds, held, peak, file }) => {
      const what = kind === "jobs"
        ? `${size.toLocaleString("en")} unfinished jobs`
        : `one job of ${size.toLocaleString("en")}`;
      return `  ${what.padEnd(32)}${seconds.toFixed(2).padStart(9)}` +
        megabytes(held) + megabytes(peak) + megabytes(file);
    }),
  ];
}

/** Returns the ratios of the time and the memory of the larger of two recoveries to the smaller. */
function growthOf(all: readonly Recovery[], kind: Kind) {
  const [small, large] = all.filter((one) => one.kind === kind);
  if (small === undefined || large === undefined) return { seconds: NaN, held: NaN };
  return { seconds: large.seconds / small.seconds, held: large.held / small.held };
}

function verdict(isReached: boolean): string {
  return isReached ? green("reached") : red("missed");
}

const folder = await Deno.makeTempDir({ prefix: "millrace_journal_" });
try {
  const [jobs, rounds] = quick ? [500, 3] : [4_000, 7];
  const throughput = await measureThroughput(folder, jobs, rounds);
  console.log(throughputTable(throughput).join("\n"));

  const sizes: readonly [Kind, number][] = [
    ["jobs", quick ? 100 : 1_000],
    ["jobs", quick ? 1_000 : 10_000],
    ["activations", quick ? 10_000 : 100_000],
    ["activations", quick ? 100_000 : 1_000_000],
  ];
  const recovery: Recovery[] = [];
  for (const [kind, size] of sizes) recovery.push(await measureRecovery(folder, kind, size));
  console.log(recoveryTable(recovery).join("\n"));
  const growth = {
    jobs: growthOf(recovery, "jobs"),
    activations: growthOf(recovery, "activations"),
  };
  for (const [kind, { seconds, held }] of Object.entries(growth)) {
    const isLinear = Math.max(seconds, held) <= GROWTH;
    console.log(
      `  ten times the ${kind}: ${seconds.toFixed(1)} times the time, ${held.toFixed(1)} times ` +
        `the memory, ${verdict(isLinear)}`,
    );
  }

  const { ratio = NaN, rawRatio = NaN } = throughput.find(({ store }) => store === "normal") ?? {};
  const results = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    quick,
    goal: { ratio, least: GOAL, passed: ratio >= GOAL },
    rawGoal: { ratio: rawRatio, least: RAW_GOAL, passed: rawRatio >= RAW_GOAL },
    growth,
    throughput,
    recovery,
  };
  await Deno.mkdir(dirname(json), { recursive: true });
  await Deno.writeTextFile(json, `${JSON.stringify(results, null, 2)}\n`);
  console.log(dim(`written to ${json}`));
} finally {
  await Deno.remove(folder, { recursive: true });
}
