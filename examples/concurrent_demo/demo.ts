import type { JobState } from "@millrace/flow";
import { configurationView } from "./configuration_view.ts";
import { complain, EXIT, exitCodeOf } from "./exit_code.ts";
import { now } from "./clock.ts";
import { readingsFlow } from "./flow.ts";
import { takeIn } from "./intake.ts";
import { Interrupt } from "./interrupt.ts";
import { openJobFile } from "./job_file.ts";
import { jobView } from "./job_view.ts";
import { SHOW_CURSOR } from "./live_block.ts";
import { limitOf, type Options } from "./options.ts";
import { heading } from "./palette.ts";
import { missingPermission } from "./permissions.ts";
import { type Results, resultsOf, sinceThen } from "./results.ts";
import { ResultsFile } from "./results_file.ts";
import { StatusView } from "./status_view.ts";
import { stdoutTerminal } from "./stdout_terminal.ts";
import { summaryView } from "./summary_view.ts";
import { troublesOf } from "./troubles.ts";
import { clip, firstLine, indent, iso, PIPED_COLUMNS } from "./text.ts";
import { timeline } from "./timeline.ts";
import { watch } from "./watch.ts";

/** The maximum width of lines, as longer ones are hard to read. */
const MAX_COLUMNS = 140;

/**
 * Runs the jobs and prints the five parts of the demo.
 *
 * @returns The exit code.
 */
export async function demo(options: Options): Promise<number> {
  const missing = await missingPermission();
  if (missing !== undefined) {
    complain(missing);
    return EXIT.failed;
  }
  const opened = options.json === undefined ? undefined : await ResultsFile.open(options.json);
  if (typeof opened === "string") {
    complain(opened);
    return EXIT.badOption;
  }
  using file = opened;
  const store = await openJobFile(options);
  if (typeof store === "string") {
    complain(store);
    return EXIT.badOption;
  }
  const terminal = stdoutTerminal();
  const columns = Math.min(terminal?.size().columns ?? PIPED_COLUMNS, MAX_COLUMNS);

  using interrupt = new Interrupt(() => {
    terminal?.write(SHOW_CURSOR);
    Deno.exit(EXIT.interrupted);
  });
  await using flow = readingsFlow(options, store);
  print("1 Configuration", configurationView(flow.id, flow.graph, options), columns);
  try {
    await interrupt.waitFor(flow.preload());
  } catch (error) {
    complain(firstLine(error instanceof Error ? error.message : String(error)));
    return EXIT.failed;
  }
  if (interrupt.signal.aborted) {
    complain("interrupted before a job was started");
    return EXIT.interrupted;
  }

  const since = now();
  const jobs = await takeIn(flow, options, store);
  if (typeof jobs === "string") {
    complain(jobs);
    return EXIT.badOption;
  }
  interrupt.signal.addEventListener("abort", () => {
    // Jobs in a file are left as they are, so that a later run can resume them.
    if (store !== undefined) return;
    for (const job of jobs) flow.cancel(job, interrupt.signal.reason);
  });
  print("2 Progress", [], columns);
  const routineIds = flow.graph.nodes.map(({ id }) => id);
  const view = new StatusView(jobs.map(({ jobId }) => jobId), routineIds);
  const { interval } = options;
  const until = store && interrupt.signal;
  await watch(jobs, { interval, view, terminal, until });
  const isInterrupted = interrupt.signal.aborted;

  const results = resultsOf(options, jobs, options.resume ? since : 0);
  console.log();
  printResults(results, jobs, { columns, since: options.resume ? since : undefined });
  file?.write(results);
  if (isInterrupted) complain(interruptedLine(options));
  return exitCodeOf(results.summary, isInterrupted);
}

/** Describes the state of the jobs after Ctrl-C. */
function interruptedLine({ store, chaos, seed }: Options): string {
  if (store === undefined) return "interrupted: the jobs that had not ended were cancelled";
  const same = chaos > 0 ? ` --chaos ${chaos} --seed ${seed}` : "";
  return `interrupted: the jobs are kept; go on with deno task demo --store ${store} --resume${same}`;
}

interface Printing {
  readonly columns: number;
  /** The start of this run, if an earlier run started the jobs. */
  readonly since: number | undefined;
}

function printResults(
  results: Results,
  jobs: readonly JobState[],
  { columns, since }: Printing,
): void {
  const { configuration, summary } = results;
  const limit = limitOf(configuration);
  const start = jobs[0]?.createdAt ?? 0;
  const room = columns - MARGIN;
  const told = jobs.flatMap((job) => ["", ...jobView(job, start, room)]);
  const drawn = since === undefined ? jobs : jobs.map((job) => sinceThen(job, since));
  const note = since === undefined ? [] : ["What earlier runs executed is told in part 4.", ""];
  const lines = timeline(drawn, { start: since ?? start, limit, columns: room });
  print("3 Timeline", [...note, ...lines], columns);
  print("4 Jobs", [`Times are milliseconds from ${iso(start)}.`, ...told], columns);
  print("5 Summary", summaryView(summary, limit, troublesOf(jobs)), columns);
}

/** The indentation of the lines of a part. */
const MARGIN = 2;

function print(title: string, lines: readonly string[], columns: number): void {
  // Piped output may have any width.
  const room = Deno.stdout.isTerminal() ? columns : Infinity;
  const shown = indent(lines, MARGIN).map((line) => clip(line, room));
  console.log([heading(title, columns), ...shown, ""].join("\n"));
}
