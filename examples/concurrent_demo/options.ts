import { parseArgs } from "@std/cli/parse-args";
import { printable } from "@millrace/flow/report";

/** The options of the demo. */
export interface Options {
  /** The number of jobs that run at once. */
  readonly jobs: number;
  /** The maximum number of activations that execute at once. */
  readonly maxWorkers: number;
  /** The interval between two updates of the status, in milliseconds. */
  readonly interval: number;
  /** The execution strategy: concurrent, or one activation at a time. */
  readonly strategy: Strategy;
  /** The number of jobs with an invalid reading. */
  readonly invalid: number;
  /** The rate at which routines fail on purpose, from 0 to 1. */
  readonly chaos: number;
  /** The seed that determines which of them fail. */
  readonly seed: number;
  /** The file that stores the jobs, if any. */
  readonly store: string | undefined;
  /** `true` to resume the jobs in that file. */
  readonly resume: boolean;
  /** The file for the results, if any. */
  readonly json: string | undefined;
  /** The file for the report, if any. */
  readonly report: string | undefined;
  /** The port of the dashboard, 0 for any free one; `undefined` for no dashboard. */
  readonly dashboard: number | undefined;
  /** `true` to print in colour. */
  readonly color: boolean;
}

/** Returns the maximum number of activations that execute at once. */
export function limitOf(
  { strategy, maxWorkers }: Pick<Options, "strategy" | "maxWorkers">,
): number {
  return strategy === "sequential" ? 1 : maxWorkers;
}

/** The execution strategies of a flow. */
export type Strategy = "concurrent" | "sequential";

/** The request of a command line: a run, the help, or an invalid option. */
export type Request =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly message: string };

/** The output of `--help`. */
export const HELP =
  `Runs the jobs of one flow side by side on a few workers, and shows what they do.

Usage: deno task demo [options]

  --jobs N           jobs that run side by side (default 4)
  --max-workers N    activations that may execute at once (default 2)
  --interval MS      milliseconds between two updates of the status (default 250)
  --strategy NAME    concurrent, or sequential: one activation at a time (default concurrent)
  --invalid N        jobs whose reading is invalid (default 0)
  --chaos RATE       make routines fail at this rate, from 0 to 1 (default 0)
  --seed N           the seed that determines which of them fail (default 1)
  --store FILE       store the jobs in FILE, so that they can be resumed after Ctrl-C or a crash
  --resume           resume the jobs in FILE; --jobs and --invalid are taken from them
  --json FILE        also write the results to FILE
  --report FILE      also write a report to FILE, as HTML that opens from disk
  --dashboard [PORT] also show the jobs in the browser, until Ctrl-C
  --no-color         print without colours; NO_COLOR does the same
  -h, --help         print this

Exit codes: 0 all jobs completed, 1 a job failed, 2 a bad option, 130 interrupted.`;

/** Reads the command line. */
export function readOptions(args: readonly string[]): Request {
  const unknown = args.filter((arg) => arg.startsWith("--no-color="));
  const given = parseArgs(withNegatives(args), {
    string: [
      "jobs",
      "max-workers",
      "interval",
      "strategy",
      "invalid",
      "chaos",
      "seed",
      "store",
      "json",
      "report",
      "dashboard",
    ],
    boolean: ["resume", "color", "help"],
    negatable: ["color"],
    alias: { h: "help" },
    default: { color: true },
    unknown: (arg: string) => {
      unknown.push(arg);
      return false;
    },
  });
  if (given.help) return { kind: "help" };
  try {
    const jobs = count("--jobs", given.jobs ?? "4", 1, 10_000);
    const options: Options = {
      jobs,
      maxWorkers: count("--max-workers", given["max-workers"] ?? "2", 1, 64),
      interval: count("--interval", given.interval ?? "250", 10, 60_000),
      strategy: strategy(given.strategy ?? "concurrent"),
      invalid: count("--invalid", given.invalid ?? "0", 0, jobs),
      chaos: rate("--chaos", given.chaos ?? "0"),
      seed: count("--seed", given.seed ?? "1", 0, 999_999_999),
      store: file("--store", given.store),
      resume: given.resume,
      json: file("--json", given.json),
      report: file("--report", given.report),
      dashboard: port(given.dashboard),
      color: given.color,
    };
    const [first] = [...unknown, ...given._];
    if (first !== undefined) {
      throw new BadOption(`${JSON.stringify(first)} is not an option; --help lists them`);
    }
    if (options.resume && options.store === undefined) {
      throw new BadOption("--resume needs the file to go on from; give it as --store FILE");
    }
    checkFiles(options);
    return { kind: "run", options };
  } catch (error) {
    if (error instanceof BadOption) return { kind: "error", message: error.message };
    throw error;
  }
}

/** Joins a value such as `-3` to its option, as it would be parsed as an option by itself. */
function withNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = /^-\d/.test(arg) ? joined.pop() : undefined;
    joined.push(option === undefined ? arg : `${option}=${arg}`);
  }
  return joined;
}

/** The suffixes of the file of `--store` and of the files beside it. */
export const BESIDE = ["", "-wal", "-shm", ".lock"];

class BadOption extends Error {}

function bad(option: string, value: string, expected: string): never {
  const what = value === "" ? "has no value" : `is ${JSON.stringify(value)}`;
  throw new BadOption(`${option} ${what}; give it ${expected}`);
}

function count(option: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  return bad(option, value, `a whole number from ${least} to ${most}`);
}

/** Reads the port of `--dashboard`, which may be left out. */
function port(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return value === "" ? 0 : count("--dashboard", value, 0, 65_535);
}

function rate(option: string, value: string): number {
  const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number <= 1) return number;
  return bad(option, value, "a number from 0 to 1");
}

function file(option: string, value: string | undefined): string | undefined {
  return value === "" ? bad(option, "", "the path of a file") : value;
}

/** Refuses two options that name one file, as the later one would replace what the other has written. */
function checkFiles({ store, json, report }: Pick<Options, "store" | "json" | "report">): void {
  const taken = new Map<string, string>();
  for (const suffix of store === undefined ? [] : BESIDE) {
    taken.set(normal(store + suffix), "--store");
  }
  for (const [option, path] of [["--json", json], ["--report", report]] as const) {
    if (path === undefined) continue;
    const other = taken.get(normal(path));
    if (other !== undefined) {
      throw new BadOption(`${option} ${path} is a file of ${other}; give it another path`);
    }
    taken.set(normal(path), option);
  }
}

/** Returns a path without detours, as `./a` has one. */
function normal(path: string): string {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), "file:///here/").href;
}

function strategy(value: string): Strategy {
  if (value === "concurrent" || value === "sequential") return value;
  return bad("--strategy", value, "concurrent or sequential");
}

/** The exit codes of the program. */
export const EXIT = { done: 0, failed: 1, badOption: 2, interrupted: 130 } as const;

/** Returns the exit code after a run. */
export function exitCodeOf(
  { failed }: { readonly failed: number },
  isInterrupted: boolean,
): number {
  if (isInterrupted) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** Prints the reason for an exit code to stderr, in one line. */
export function complain(message: string): void {
  console.error(`demo: ${printable(message)}`);
}
