import { systemTime } from "../data/clock.ts";
import { chromeTraceChunks } from "../export/chrome_trace.ts";
import { messageOf } from "../errors/message_of.ts";
import { printable } from "../errors/printable.ts";
import { htmlReport } from "../report/html_report.ts";
import { traceOf } from "../run/trace_of.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { CommandError } from "./command_error.ts";
import { haveEnded } from "./journal.ts";
import { ofReadable } from "./of_readable.ts";
import type { OutputFiles } from "./output_files.ts";
import { runReport } from "./report_view.ts";

/**
 * Writes files about some jobs.
 *
 * @param jobs The jobs, newest first.
 * @returns The paths of the files, by kind.
 */
export async function writeFiles(
  store: Store,
  jobs: readonly JobSummary[],
  { html, trace }: OutputFiles,
): Promise<Record<string, string>> {
  if (html !== undefined) {
    await write(html, ofReadable(jobs, (some) => htmlReport(runReport(store, some))));
  }
  if (trace !== undefined) await write(trace, traceStream(store, jobs));
  return { ...html !== undefined && { html }, ...trace !== undefined && { trace } };
}

async function write(path: string, text: string | ReadableStream<string>): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw new CommandError(`cannot write ${printable(path)}: ${messageOf(error)}`);
  }
}

/** Returns the Chrome trace of jobs, of which running ones are drawn up to now. */
function traceStream(store: Store, jobs: readonly JobSummary[]): ReadableStream<string> {
  const traces = ofReadable(jobs, (some) =>
    some.toReversed().flatMap(({ jobId, flowId }) => {
      const trace = traceOf(store.read(jobId)?.events ?? []);
      return trace === undefined ? [] : [{ ...trace, flowId }];
    }));
  const now = haveEnded(jobs) ? undefined : systemTime();
  return ReadableStream.from(chromeTraceChunks(traces, { now }));
}
