import type { JobState } from "@millrace/flow";
import { configurationView } from "./configuration_view.ts";
import { complain, EXIT, exitCodeOf } from "./exit_code.ts";
import { ENTRY, readingsFlow, samples } from "./flow.ts";
import { Interrupt } from "./interrupt.ts";
import { jobView } from "./job_view.ts";
import { SHOW_CURSOR } from "./live_block.ts";
import type { Options } from "./options.ts";
import { heading } from "./palette.ts";
import { missingPermission } from "./permissions.ts";
import { type Results, resultsOf } from "./results.ts";
import { ResultsFile } from "./results_file.ts";
import { StatusView } from "./status_view.ts";
import { stdoutTerminal } from "./stdout_terminal.ts";
import { summaryView } from "./summary_view.ts";
import { firstLine, indent, iso, PIPED_COLUMNS } from "./text.ts";
import { timeline } from "./timeline.ts";
import { watch } from "./watch.ts";

/** The widest that lines get, as longer ones are hard to follow. */
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
  const terminal = stdoutTerminal();
  const columns = Math.min(terminal?.size().columns ?? PIPED_COLUMNS, MAX_COLUMNS);

  using interrupt = new Interrupt(() => {
    terminal?.write(SHOW_CURSOR);
    Deno.exit(EXIT.interrupted);
  });
  await using flow = readingsFlow(options);
  print("1 Configuration", configurationView(flow.id, flow.graph, options), columns);
  try {
    await interrupt.waitFor(flow.warm());
  } catch (error) {
    complain(firstLine(error instanceof Error ? error.message : String(error)));
    return EXIT.failed;
  }
  if (interrupt.signal.aborted) {
    complain("interrupted before a job was started");
    return EXIT.interrupted;
  }

  const jobs = samples(options).map((sample, i) =>
    flow.start(ENTRY, sample, { jobId: `job_${i + 1}` })
  );
  interrupt.signal.addEventListener("abort", () => {
    for (const job of jobs) flow.cancel(job, interrupt.signal.reason);
  });
  print("2 Progress", [], columns);
  const routineIds = flow.graph.nodes.map(({ id }) => id);
  const view = new StatusView(jobs.map(({ jobId }) => jobId), routineIds);
  await watch(jobs, { interval: options.interval, view, terminal });
  const isInterrupted = interrupt.signal.aborted;

  const results = resultsOf(options, jobs);
  console.log();
  printResults(results, jobs, columns);
  file?.write(results);
  if (isInterrupted) complain("interrupted: the jobs that had not ended were cancelled");
  return exitCodeOf(results.summary, isInterrupted);
}

function printResults(results: Results, jobs: readonly JobState[], columns: number): void {
  const { configuration: { strategy, maxWorkers }, summary } = results;
  const limit = strategy === "sequential" ? 1 : maxWorkers;
  const start = jobs[0]?.createdAt ?? 0;
  const room = columns - MARGIN;
  const told = jobs.flatMap((job) => ["", ...jobView(job, start, room)]);
  print("3 Timeline", timeline(jobs, { start, limit, columns: room }), columns);
  print("4 Jobs", [`Times are milliseconds from ${iso(start)}.`, ...told], columns);
  print("5 Summary", summaryView(summary, maxWorkers), columns);
}

/** How far the lines of a part are indented. */
const MARGIN = 2;

function print(title: string, lines: readonly string[], columns: number): void {
  console.log([heading(title, columns), ...indent(lines, MARGIN), ""].join("\n"));
}
