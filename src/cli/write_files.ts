import { chromeTraceChunks } from "../export/chrome_trace.ts";
import { htmlReport } from "../report/html_report.ts";
import { traceOf } from "../run/job_trace.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { haveEnded } from "./journal.ts";
import { runReport } from "./report_view.ts";
import { epochNow } from "./time_text.ts";

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
  if (html !== undefined) await Deno.writeTextFile(html, htmlReport(runReport(store, jobs)));
  if (trace !== undefined) await Deno.writeTextFile(trace, traceStream(store, jobs));
  return { ...html !== undefined && { html }, ...trace !== undefined && { trace } };
}

/** The paths of the files to write. */
export interface OutputFiles {
  /** The report as HTML. */
  readonly html: string | undefined;
  /** The Chrome trace. */
  readonly trace: string | undefined;
}

/** Returns the Chrome trace of jobs, of which running ones are drawn up to now. */
function traceStream(store: Store, jobs: readonly JobSummary[]): ReadableStream<string> {
  const traces = jobs.toReversed().flatMap(({ jobId, flowId }) => {
    const trace = traceOf(store.read(jobId)?.events ?? []);
    return trace === undefined ? [] : [{ ...trace, flowId }];
  });
  const now = haveEnded(jobs) ? undefined : epochNow();
  return ReadableStream.from(chromeTraceChunks(traces, { now }));
}
