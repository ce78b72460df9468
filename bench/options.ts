import { parseArgs } from "@std/cli/parse-args";
import { WORKLOADS } from "./workloads/registry.ts";

/** What the benchmark can be told on its command line. */
export interface Options {
  /** The workloads to measure, by name. */
  readonly only: readonly string[];
  /** How many rounds. */
  readonly rounds: number;
  /** Whether sizes are small. */
  readonly quick: boolean;
  /** Where to write the results. */
  readonly json: string;
}

/** What the command line asks for: a run, the help, or something it cannot have. */
export type Request =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly message: string };

const NAMES = WORKLOADS.map(({ name }) => name);
const ROUNDS = 7, QUICK_ROUNDS = 2;

/** Where a whole run goes, and where one that is only a part or a try. */
const LATEST = "bench/results/latest.json", PARTIAL = "bench/results/partial.json";

/** What `--help` prints. */
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

/** The command that asks for the same. */
export function commandOf({ only, rounds, quick }: Options): string {
  const parts = ["deno task bench"];
  if (only.length < NAMES.length) parts.push(`--only ${only.join(",")}`);
  if (rounds !== (quick ? QUICK_ROUNDS : ROUNDS)) parts.push(`--rounds ${rounds}`);
  if (quick) parts.push("--quick");
  return parts.join(" ");
}
