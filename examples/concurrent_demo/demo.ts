// Runs the jobs and prints the five parts of the demo: the parts 1, 3, 4 and 5 by the views of the package's reports.

import { bold, dim } from "@std/fmt/colors";
import type { Flow, Graph, JobState } from "@millrace/flow";
import { type Dashboard, dashboard } from "@millrace/flow/dashboard";
import { monitor } from "@millrace/flow/monitor";
import {
  graphView,
  htmlReport,
  jobView,
  printable,
  reportOf,
  type RunReport,
  section,
  summaryView,
  timelineView,
} from "@millrace/flow/report";
import { firstLine, missingPermission, openJobFile, OutputFile, resultsOf } from "./files.ts";
import { readingsFlow, takeIn } from "./flow.ts";
import { complain, EXIT, exitCodeOf, limitOf, type Options } from "./options.ts";
import { now, progressRenderer } from "./progress.ts";

/** The maximum width of lines, as longer ones are hard to read. */
const MAX_COLUMNS = 140;

/** The width of lines without a terminal. */
const PIPED_COLUMNS = 100;

/** The indentation of the lines of a part. */
const MARGIN = 2;

/** A report of everything, as the demo prints each job. */
const WHOLE = { maxJobs: Infinity, maxActivations: Infinity };

/** The output of the parts. */
interface Printing {
  /** The width of a part. */
  readonly columns: number;
  /** The maximum width of lines; piped output may have any. */
  readonly room: number;
  readonly color: boolean;
}

/**
 * Runs the jobs and prints the five parts of the demo.
 *
 * @returns The exit code.
 */
export async function demo(options: Options): Promise<number> {
  const missing = await missingPermission();
  if (missing !== undefined) return refuse(missing, EXIT.failed);
  const json = await OutputFile.open("--json", options.json);
  if (typeof json === "string") return refuse(json);
  using results = json;
  const html = await OutputFile.open("--report", options.report);
  if (typeof html === "string") return refuse(html);
  using reportFile = html;
  const store = await openJobFile(options);
  if (typeof store === "string") return refuse(store);

  const isTerminal = Deno.stdout.isTerminal();
  const columns = isTerminal ? Math.min(terminalColumns(), MAX_COLUMNS) : PIPED_COLUMNS;
  const { color } = options;
  const printing = { columns, color, room: isTerminal ? columns : Infinity };
  using interrupt = new Interrupt(() => Deno.exit(EXIT.interrupted));
  await using flow = readingsFlow(options, store);
  const served = await serve(flow, options.dashboard);
  if (typeof served === "string") return refuse(served);
  await using page = served;
  const shown = { ...options, dashboardUrl: page?.url };
  print("1 Configuration", configurationView(flow.id, flow.graph, shown, color), printing);
  try {
    await interrupt.waitFor(flow.preload());
  } catch (error) {
    return refuse(firstLine(error), EXIT.failed);
  }
  if (interrupt.signal.aborted) {
    return refuse("interrupted before a job was started", EXIT.interrupted);
  }

  const since = now();
  const jobs = await takeIn(flow, options, store);
  if (typeof jobs === "string") return refuse(jobs);
  interrupt.signal.addEventListener("abort", () => {
    // Jobs in a file are left as they are, so that a later run can resume them.
    if (store !== undefined) return;
    for (const job of jobs) flow.cancel(job, interrupt.signal.reason);
  });
  print("2 Progress", [], printing);
  await progressOf(flow, jobs, options.interval, store && interrupt.signal);
  const isInterrupted = interrupt.signal.aborted;

  const report = reportOf(flow, WHOLE);
  // What earlier runs executed is part of the jobs, but not of this run's times.
  const own = options.resume ? reportOf(flow, { ...WHOLE, since }) : report;
  console.log();
  printResults(jobs, own, printing);
  const found = resultsOf(options, jobs, report, own);
  results?.write(`${JSON.stringify(found, null, 2)}\n`);
  reportFile?.write(htmlReport(reportOf(flow)));
  if (isInterrupted) complain(interruptedLine(options));
  else if (page !== undefined) {
    console.log("The dashboard stays open until Ctrl-C.");
    await interrupt.pressed;
  }
  return exitCodeOf(found.summary, isInterrupted);
}

/**
 * Serves the dashboard of `--dashboard`.
 *
 * @returns The dashboard, `undefined` without the option, or the reason why it cannot be served.
 */
async function serve(
  flow: Flow,
  port: number | undefined,
): Promise<Dashboard | undefined | string> {
  if (port === undefined) return undefined;
  const { state } = await Deno.permissions.query({ name: "net", host: "127.0.0.1" });
  if (state !== "granted") {
    return "--dashboard needs permission to serve it; run it with --allow-net=127.0.0.1";
  }
  try {
    return dashboard(flow, { port });
  } catch (error) {
    return `--dashboard ${port} cannot be served (${firstLine(error)})`;
  }
}

/** Shows the jobs until all have ended, or `until` aborts. */
async function progressOf(
  flow: Flow,
  jobs: readonly JobState[],
  interval: number,
  until: AbortSignal | undefined,
): Promise<void> {
  const routineIds = flow.graph.nodes.map(({ id }) => id);
  using _view = monitor(flow, { renderer: progressRenderer(jobs, routineIds, interval), interval });
  try {
    await Promise.all(jobs.map((job) => job.waitForCompletion({ ...until && { signal: until } })));
  } catch (error) {
    if (!until?.aborted) throw error;
  }
}

/** Returns the width of the terminal; 80 if it does not report one. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** Prints the reason for which there is no run, or no rest of it. */
function refuse(reason: string, code: number = EXIT.badOption): number {
  complain(reason);
  return code;
}

/** Describes the state of the jobs after Ctrl-C. */
function interruptedLine({ store, chaos, seed }: Options): string {
  if (store === undefined) return "interrupted: the jobs that had not ended were cancelled";
  const same = chaos > 0 ? ` --chaos ${chaos} --seed ${seed}` : "";
  return `interrupted: the jobs are kept; go on with deno task demo --store ${store} --resume${same}`;
}

/** Shows the configuration, and the graph of the flow. */
export function configurationView(
  flowId: string,
  graph: Graph,
  options: Options & { readonly dashboardUrl?: string | undefined },
  color = false,
): string[] {
  const { strategy, interval, chaos, seed, store, json, report, dashboardUrl } = options;
  const limit = limitOf(options);
  const order = strategy === "sequential" ? ", one activation at a time" : "";
  const delays = new Map(graph.nodes.map(({ id, config: { delayMs } }) => [id, delayMs]));
  return [
    ...([
      ["flow", bold(printable(flowId))],
      ["jobs", jobsLine(options)],
      ["limit", `${limit} ${limit === 1 ? "worker" : "workers"} for all jobs together`],
      ["strategy", `${strategy}${order}`],
      ["interval", `${interval} ms between two looks at the jobs`],
      ...chaos === 0
        ? []
        : [["chaos", `${chaos} of all attempts are made to fail, by seed ${seed}`]],
      ...store === undefined ? [] : [["store", printable(store)]],
      ...json === undefined ? [] : [["results", printable(json)]],
      ...report === undefined ? [] : [["report", printable(report)]],
      ...dashboardUrl === undefined ? [] : [["page", dashboardUrl]],
    ].map(([name = "", value = ""]) => `${dim(name.padEnd("strategy".length))}  ${value}`)),
    "",
    ...graphView(graph, {
      columns: Infinity,
      color,
      noteOf(id) {
        const delay = delays.get(id);
        return typeof delay === "number" ? `${delay} ms` : "";
      },
    }),
  ];
}

function jobsLine({ jobs, invalid, store, resume }: Options): string {
  if (resume) return `those of ${printable(store ?? "")}`;
  return `${jobs}, ${invalid === 0 ? "none" : invalid} with an invalid reading`;
}

function printResults(jobs: readonly JobState[], report: RunReport, printing: Printing): void {
  const start = jobs[0]?.createdAt ?? 0;
  const { color } = printing;
  const view = { columns: printing.columns - MARGIN, color };
  const shown = jobs.flatMap((job) => [
    "",
    ...jobView(job, { ...view, start, parts: { "final report": job.sharedData["report"] } }),
  ]);
  const note = report.since === undefined
    ? []
    : ["What earlier runs executed is told in part 4.", ""];
  const lines = timelineView(report, { ...view, waits: false, timesIn: "part 4" });
  print("3 Timeline", [...note, ...lines], printing);
  const from = `Times are milliseconds from ${new Date(start).toISOString()}.`;
  print("4 Jobs", [from, ...shown], printing);
  const summary = { color, columns: Infinity, unfinished: "kept, to go on from" };
  print("5 Summary", summaryView(report, summary), printing);
}

function print(title: string, lines: readonly string[], { room, color }: Printing): void {
  console.log([...section(title, lines, { columns: room, color }), ""].join("\n"));
}

/**
 * The time in which a signal is a duplicate, as `deno task` forwards it as well, in milliseconds.
 */
const ECHO_MS = 300;

/** Listens for Ctrl-C. */
class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #pressed = Promise.withResolvers<void>();
  readonly #onSignal: () => void;
  #pressedAt = 0;

  /** @param onSecond Called at a second Ctrl-C, to end the program at once. */
  constructor(onSecond: () => void) {
    this.#onSignal = () => {
      if (!this.signal.aborted) this.#press();
      else if (performance.now() - this.#pressedAt > ECHO_MS) onSecond();
    };
    Deno.addSignalListener("SIGINT", this.#onSignal);
  }

  /** Aborts at the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves at the first Ctrl-C. */
  get pressed(): Promise<void> {
    return this.#pressed.promise;
  }

  /** Waits for a promise, but no longer than until the first Ctrl-C. */
  async waitFor(something: Promise<void>): Promise<void> {
    await Promise.race([something, this.#pressed.promise]);
  }

  /** Stops listening, so that Ctrl-C ends the program again. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#onSignal);
  }

  #press(): void {
    this.#pressedAt = performance.now();
    this.#controller.abort(new Error("interrupted by Ctrl-C"));
    this.#pressed.resolve();
  }
}
