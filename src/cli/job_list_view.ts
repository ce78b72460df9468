// The list of `view FILE`: a line for each job, with its numbers. `view_command.ts` calls it.

import { systemTime } from "../data/clock.ts";
import { waitsText } from "../run/wait_text.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { duration } from "../terminal/duration.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import type { Store } from "../store/store.ts";
import { type JobSelection, type ListedJob, listedJob, selectJobs } from "./journal.ts";
import type { Output } from "./output.ts";
import { timeOf, untilText } from "./time_text.ts";

/** The number of jobs up to which all are counted. */
const COUNTED = 5_000;

/** The length of an error in a list that is not for a terminal. */
const LONG = 160;

/** Lists jobs, newest first, with their numbers. Of each job, only the last state is read, and no history. */
export function jobListView(
  store: Store,
  selection: JobSelection,
  { isJson, output }: { readonly isJson: boolean; readonly output: Output },
): void {
  const found = selectJobs(store, { ...selection, limit: Math.max(selection.limit, COUNTED) + 1 });
  const isCounted = found.length <= Math.max(selection.limit, COUNTED);
  const jobs = found.slice(0, selection.limit).map((summary) => listedJob(store, summary));
  if (isJson) return output.json({ total: isCounted ? found.length : null, jobs });
  if (jobs.length === 0) return output.lines(["There are no such jobs."]);
  const all = isCounted ? plural(found.length, "job") : `more than ${plural(COUNTED, "job")}`;
  const summary = isCounted
    ? [...Map.groupBy(found, ({ status }) => status)]
      .map(([status, group]) => output.palette.status(status, `${group.length} ${status}`)).join(
        ", ",
      )
    : "";
  const more = found.length > jobs.length ? `the newest ${jobs.length} of ${all}` : all;
  const title = summary === "" ? more : `${more}: ${summary}`;
  output.lines([title, "", ...rows(jobs, output)].map((line) => clipped(line, output)));
}

function rows(jobs: readonly ListedJob[], { palette, columns }: Output): string[] {
  const now = systemTime();
  const width = columns === undefined ? Infinity : Math.max(8, Math.floor(columns * 0.3));
  const flows = new Set(jobs.map(({ flowId }) => flowId));
  const header = ["JOB", "STATUS", "CREATED (UTC)", "TOOK", "DONE", "FLOW", ""];
  const cells = jobs.map((job) => {
    const { jobId, status, createdAt, endedAt = now, flowId } = job;
    const ended = job.completed + job.failed + job.skipped + job.cancelled;
    return [
      excerpt(jobId, width),
      palette.status(status),
      timeOf(createdAt),
      duration(endedAt - createdAt),
      `${ended}/${ended + job.queued + job.held + job.executing}`,
      excerpt(flowId, width),
      noteOf(job, columns ?? LONG),
    ];
  });
  const used = [...header.keys()].filter((at) => at !== 5 || flows.size > 1);
  const [titles = "", ...lines] = table(
    [header, ...cells].map((row) => used.map((at) => row[at] ?? "")),
    [3, 4],
  );
  return [palette.dim(titles), ...lines];
}

/** Says what a job does, or why it failed. */
function noteOf(
  { status, error, progress, executingRoutines, waiting, waits = [], retried }: ListedJob,
  columns: number,
): string {
  // The waits of a job that executes something are not looked up.
  const signals = waiting > 0 ? `waits for ${plural(waiting, "signal")}` : "";
  const waited = waitsText(waits, untilText) || signals;
  const parts = [
    ...executingRoutines.length > 0 ? [`executes ${executingRoutines.join(", ")}`] : [],
    ...progress === undefined ? [] : [progress.text],
    ...waited === "" ? [] : [waited],
    ...retried > 0 ? [`${retried} retried`] : [],
    ...error === undefined || status === "completed" ? [] : [`${error.name}: ${error.message}`],
  ];
  return excerpt(parts.join("; "), columns);
}

function clipped(line: string, { columns }: Output): string {
  return columns === undefined ? line : clip(line, columns);
}
