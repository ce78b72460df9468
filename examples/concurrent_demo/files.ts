// The files of the demo. All of them are opened before the run, so that a run does not fail at its end, and each reason
// against one is given in one line.

import { stripAnsiCode } from "@std/fmt/colors";
import type { JobState, JobStateJson, Span } from "@millrace/flow";
import { printable, type RunReport } from "@millrace/flow/report";
import { SqliteStore } from "@millrace/flow/sqlite";
import type { Store } from "@millrace/flow/store";
import { BESIDE, type Options } from "./options.ts";

/** The results of a run, as written by `--json`. Times are epoch milliseconds. */
export interface Results {
  /** The options of the run. */
  readonly configuration:
    & Pick<Options, "jobs" | "maxWorkers" | "interval" | "strategy" | "invalid">
    & Partial<Pick<Options, "chaos" | "seed" | "store">>;
  /** All executions, sorted by start. */
  readonly spans: readonly Span[];
  /** The maximum number of concurrent executions. */
  readonly maxConcurrent: number;
  /** The summary of the run. */
  readonly summary: Summary;
  /** The jobs, in the order of their start. */
  readonly jobs: readonly JobStateJson[];
}

/** The figures of a run. */
export interface Summary {
  /** The number of jobs. */
  readonly jobs: number;
  /** The number of jobs that completed. */
  readonly completed: number;
  /** The number of jobs that failed. */
  readonly failed: number;
  /** The time from the start of the first job to the end of the last, in milliseconds. */
  readonly wallMs: number;
  /** The total duration of all executions, in milliseconds. */
  readonly busyMs: number;
  /**
   * The greater of `busyMs / maxWorkers` and the longest chain of one job. A sequential flow counts
   * as having one worker.
   */
  readonly lowerBoundMs: number;
  /** The ratio of the wall time to the lower bound; `null` if nothing was executed. */
  readonly ratio: number | null;
}

/**
 * Collects the results of jobs.
 *
 * @param options The options of the run. Of chaos and store, only those in use are included.
 * @param jobs The jobs.
 * @param report A report of all that was executed for them.
 * @param own A report of what this run executed, which the summary covers.
 */
export function resultsOf(
  options: Options,
  jobs: readonly JobState[],
  { figures: { maxConcurrent } }: RunReport,
  { figures, snapshot }: RunReport,
): Results {
  const { maxWorkers, interval, strategy, invalid, chaos, seed, store } = options;
  const extra = { ...chaos > 0 && { chaos, seed }, ...store !== undefined && { store } };
  const { completed, failed } = snapshot.jobs;
  return {
    configuration: { jobs: jobs.length, maxWorkers, interval, strategy, invalid, ...extra },
    spans: jobs.flatMap(({ spans }) => spans).sort((a, b) => a.startedAt - b.startedAt),
    maxConcurrent,
    summary: {
      jobs: jobs.length,
      completed,
      failed,
      wallMs: figures.wall,
      busyMs: figures.busy,
      lowerBoundMs: figures.lowerBound,
      ratio: figures.ratio ?? null,
    },
    jobs: jobs.map((job) => job.toJSON()),
  };
}

/** A file that is written at the end of the run, such as that of `--json`. */
export class OutputFile implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Opens the file, without changing its content before there is a new one.
   *
   * @param option The option that names the file, as `--json`.
   * @returns The file, `undefined` without a path, or the reason why it cannot be written.
   */
  static async open(
    option: string,
    path: string | undefined,
  ): Promise<OutputFile | undefined | string> {
    if (path === undefined) return undefined;
    // Queried first, as opening the file would prompt on a terminal.
    const { state } = await Deno.permissions.query({ name: "write", path });
    if (state !== "granted") {
      return `${option} ${path} needs permission to write that file; run it with --allow-write=${path}`;
    }
    try {
      return new OutputFile(await Deno.open(path, { write: true, create: true }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return `${option} ${path} cannot be written (${error.message}); give it the path of a file`;
    }
  }

  /** Replaces the content of the file. */
  write(text: string): void {
    this.#file.truncateSync();
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * Opens the file of `--store`.
 *
 * @returns The store, `undefined` without `--store`, or the reason why it cannot be used.
 */
export async function openJobFile(
  { store: path, resume }: Pick<Options, "store" | "resume">,
): Promise<Store | undefined | string> {
  if (path === undefined) return undefined;
  const denied = await deniedPermission(path);
  if (denied !== undefined) {
    return `--store ${path} needs permission to ${denied} it and the files beside it; run it with --allow-${denied}`;
  }
  if (resume && !exists(path)) {
    return `--store ${path} is not there to go on from; leave --resume out to start jobs in it`;
  }
  let store: SqliteStore;
  try {
    store = new SqliteStore(path);
  } catch (error) {
    return `--store ${path} cannot be used (${firstLine(error)})`;
  }
  const jobs = store.jobs();
  const open = jobs.filter(({ endedAt }) => endedAt === undefined);
  if (resume ? jobs.length > 0 : jobs.length === 0) return store;
  store.close();
  return resume
    ? `--store ${path} holds no jobs to go on with; leave --resume out to start some`
    : `--store ${path} holds ${jobs.length} ${
      jobs.length === 1 ? "job" : "jobs"
    }, of which ${open.length} have not ended; add --resume to go on with them, or give another file`;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Queries the permissions first, as opening the file would prompt on a terminal. */
async function deniedPermission(path: string): Promise<"read" | "write" | undefined> {
  for (const name of ["read", "write"] as const) {
    for (const suffix of BESIDE) {
      const { state } = await Deno.permissions.query({ name, path: path + suffix });
      if (state !== "granted") return name;
    }
  }
  return undefined;
}

/**
 * Checks the permission that the workers need.
 *
 * @returns The missing permission in one line; `undefined` if none is missing.
 */
export async function missingPermission(): Promise<string | undefined> {
  const routines = new URL("routines.ts", import.meta.url);
  // Queried here, as a worker cannot prompt for a permission.
  const { state } = await Deno.permissions.query({ name: "read", path: routines });
  if (state === "granted") return undefined;
  return "the workers need permission to read their modules; run it with --allow-read=. as `deno task demo` does";
}

/** Returns the first line of the message of an error, without colours. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return printable(stripAnsiCode(text.split("\n", 1)[0] ?? "").trimEnd());
}
