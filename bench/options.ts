import { parseArgs } from "@std/cli/parse-args";
import { WORKLOADS } from "./workloads/registry.ts";

/** The options of the benchmark. */
export interface Options {
  /** The workloads to measure, by name. */
  readonly only: readonly string[];
  /** The number of rounds. */
  readonly rounds: number;
  /** `true` for small sizes. */
  readonly quick: boolean;
  /** The file for the results. */
  readonly json: string;
}

/** The request of a command line: a run, the help, or an invalid option. */
export type Request =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly message: string };

const NAMES = WORKLOADS.map(({ name }) => name);
const ROUNDS = 7, QUICK_ROUNDS = 2;

/** The files for the results of a complete run, and of a partial or quick one. */
const LATEST = "bench/results/latest.json", PARTIAL = "bench/results/partial.json";

/** The output of `--help`. */
export const HELP =
  `Measures Millrace and other worker pools side by side, and says which goals are reached.

Usage: deno task bench [options]

  --only NAMES   only these workloads, with commas between: ${NAMES.join(",")}
  --rounds N     alternating rounds (default ${ROUNDS}, or ${QUICK_ROUNDS} if quick)
  --quick        small sizes: to try the benchmark, not to quote it
  --json FILE    where the results go (default ${LATEST}; with --only or --quick
                 ${PARTIAL}, which is not committed)
  --help         print this`;

/** Reads the command line. */
export function readOptions(args: readonly string[]): Request {
  let unknown: string | undefined;
  const given = parseArgs([...args], {
    string: ["only", "rounds", "json"],
    boolean: ["quick", "help"],
    unknown: (arg: string) => {
      unknown ??= arg;
      return false;
    },
  });
  const error = (message: string): Request => ({ kind: "error", message });
  if (given.help) return { kind: "help" };
  if (unknown !== undefined) return error(`there is no option ${unknown}; see --help`);

  const only = given.only === undefined ? NAMES : given.only.split(",");
  const stranger = only.find((name) => !NAMES.includes(name));
  if (stranger !== undefined) {
    return error(`there is no workload "${stranger}"; there are ${NAMES.join(", ")}`);
  }
  const { quick } = given;
  const rounds = Number(given.rounds ?? (quick ? QUICK_ROUNDS : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) {
    return error(`--rounds is "${given.rounds}"; give it a whole number from 1`);
  }
  const isWhole = !quick && only.length === NAMES.length;
  const json = given.json ?? (isWhole ? LATEST : PARTIAL);
  if (json === "") return error("--json has no value; give it the path of a file");
  return { kind: "run", options: { only, rounds, quick, json } };
}

/** Returns the command with the same options. */
export function commandOf({ only, rounds, quick }: Options): string {
  const parts = ["deno task bench"];
  if (only.length < NAMES.length) parts.push(`--only ${only.join(",")}`);
  if (rounds !== (quick ? QUICK_ROUNDS : ROUNDS)) parts.push(`--rounds ${rounds}`);
  if (quick) parts.push("--quick");
  return parts.join(" ");
}
