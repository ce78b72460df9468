// One job of a journal in detail: its state, activations, shared data, log and errors.

import { systemTime } from "../data/clock.ts";
import { jsonable } from "../data/jsonable.ts";
import { storedJob } from "../flow/stored_job.ts";
import type { JobState } from "../flow/job_state.ts";
import type { JobTrace, TracedActivation } from "../run/job_trace.ts";
import { waitSentence } from "../run/wait_text.ts";
import { mostWaits, recordedWaits } from "../run/with_waits.ts";
import { traceOf } from "../run/trace_of.ts";
import { brief } from "../terminal/brief.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { duration, since } from "../terminal/duration.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { CommandError } from "./command_error.ts";
import { type ListedJob, listedJob } from "./journal.ts";
import type { Output } from "./output.ts";
import { timeOf, untilText } from "./time_text.ts";

/** The length of a value in a line that is not for a terminal. */
const LONG = 160;

/** The number of errors that are shown, of which the last are. */
const MAX_ERRORS = 10;

/** The number of waits that are shown, of which those of most activations are. */
const MAX_WAITS = 20;

/** The number of events of a long job that are read for its last activations. */
const LAST_EVENTS = 10_000;

/** Shows a job. */
export function jobView(
  store: Store,
  summary: JobSummary,
  { isJson, output, limit }: {
    readonly isJson: boolean;
    readonly output: Output;
    /** The maximum number of activations and of log entries, of which the last are shown. */
    readonly limit: number;
  },
): void {
  const { jobId, flowId } = summary;
  const state = storedJob(store, flowId, jobId);
  if (state === undefined) throw new CommandError("the job has no events");
  // The course of a very long job takes long to read, and only its end is shown.
  const after = isJson ? 0 : Math.max(0, state.job.seq - Math.max(LAST_EVENTS, 10 * limit));
  const trace = traceOf(store.read(jobId, after)?.events ?? []);
  if (trace === undefined) throw new CommandError("the job has no events");
  const job = listedJob(store, summary);
  if (isJson) {
    return output.json({ job, trace: jsonable({ ...trace, flowId }), state: state.toJSON() });
  }
  const columns = output.columns ?? LONG;
  const parts: [title: string, lines: readonly string[]][] = [
    ["", summaryLines(job, trace, output)],
    ["Activations", activationLines(job, trace, limit, output)],
    ["Shared data", pairs(state.sharedData, columns)],
    ["Routine states", pairs(state.routineStates, columns)],
    ["Log", logLines(state, limit)],
    ["Waits", stateWaitLines(state)],
    ["Waits for signals", waitLines(job, trace)],
    ["Errors", errorLines(state)],
  ];
  const lines = parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) =>
    title === "" ? lines : ["", output.palette.bold(title), ...lines.map((line) => `  ${line}`)]
  );
  output.lines(
    output.columns === undefined ? lines : lines.map((line) => clip(line, output.columns ?? 0)),
  );
}

function summaryLines(
  { jobId, status, createdAt, endedAt, ...counts }: ListedJob,
  { isPartial }: JobTrace,
  { palette, columns = LONG }: Output,
): string[] {
  const took = duration((endedAt ?? systemTime()) - createdAt);
  const numbers = COUNTS.filter((name) => counts[name] > 0).map((name) =>
    `${counts[name]} ${name}`
  );
  return [
    `${palette.bold(excerpt(jobId, columns))}  ${palette.status(status)} ${
      endedAt === undefined ? `for ${took} so far` : `after ${took}`
    }`,
    `flow ${excerpt(counts.flowId, columns)}, created ${timeOf(createdAt)} UTC`,
    `activations: ${numbers.join(", ") || "none"}`,
    ...isPartial
      ? ["Its first events are left out: they are too many, or not stored any more."]
      : [],
  ];
}

const COUNTS = [
  "completed",
  "failed",
  "skipped",
  "cancelled",
  "retried",
  "executing",
  "queued",
  "held",
  "waiting",
] as const;

function activationLines(
  job: ListedJob,
  { activations }: JobTrace,
  limit: number,
  { palette, columns }: Output,
): string[] {
  const shown = activations.slice(-limit);
  const { completed, failed, skipped, cancelled, queued, held, executing } = job;
  const all = completed + failed + skipped + cancelled + queued + held + executing;
  const omitted = Math.max(0, all - shown.length);
  const room = columns === undefined ? LONG : Math.max(8, Math.floor(columns * 0.3));
  const rows = shown.map((activation) => {
    const { routineId, slot, queuedAt, outcome, attempts, activationId, error } = activation;
    const last = attempts.at(-1);
    return [
      since(job.createdAt, queuedAt),
      excerpt(`${routineId}.${slot}`, room),
      palette.status(outcome),
      waitedText(activation),
      last === undefined ? "" : excerpt(last.workerId, room),
      attempts.length > 1 ? plural(attempts.length, "attempt") : "",
      excerpt(activationId, room),
      error === undefined ? "" : excerpt(`${error.name}: ${error.message}`, LONG),
    ];
  });
  return [
    ...omitted > 0 ? [palette.dim(`and ${plural(omitted, "earlier activation")}`)] : [],
    ...table(rows, [0]),
  ];
}

/** Says how long an activation has waited and executed, in its last attempt. */
function waitedText({ attempts }: TracedActivation): string {
  const last = attempts.at(-1);
  if (last === undefined) return "";
  const { readyAt, startedAt, endedAt } = last;
  const waited = `waited ${duration(startedAt - readyAt)}`;
  return endedAt === undefined ? waited : `${waited}, took ${duration(endedAt - startedAt)}`;
}

function pairs(values: Readonly<Record<string, unknown>>, columns: number): string[] {
  return table(
    Object.entries(values).map((
      [key, value],
    ) => [excerpt(key, columns / 3), excerpt(brief(value), columns)]),
  );
}

function logLines({ sharedLog, createdAt }: JobState, limit: number): string[] {
  const rows = sharedLog.slice(-limit).map(({ timestamp, routineId, data }) => [
    since(createdAt, timestamp),
    excerpt(routineId, LONG),
    excerpt(brief(data), LONG),
  ]);
  const omitted = sharedLog.length - rows.length;
  return [
    ...omitted > 0 ? [`and ${plural(omitted, "earlier entry", "earlier entries")}`] : [],
    ...table(rows, [0]),
  ];
}

/** Says what a job waits for besides signals, as far as its record shows it. */
function stateWaitLines({ waits }: JobState): string[] {
  const known = recordedWaits(waits).filter(({ reason }) => reason !== "signal");
  return table(
    mostWaits(known, MAX_WAITS).map((wait) => [
      excerpt(wait.routineId, LONG),
      excerpt(waitSentence(wait, untilText), LONG),
    ]),
  );
}

function waitLines({ createdAt }: ListedJob, { waits }: JobTrace): string[] {
  return table(
    waits.map(({ signal, routineId, since: start, outcome }) => [
      since(createdAt, start),
      excerpt(routineId, LONG),
      excerpt(signal, LONG),
      outcome,
    ]),
    [0],
  );
}

function errorLines({ error, errors }: JobState): string[] {
  const texts = [...errors, ...error === undefined ? [] : [error]]
    .map((one) => one.stack ?? `${one.name}: ${one.message}`);
  // The error that failed the job is among the others if an activation failed with it.
  return [...new Set(texts)].slice(-MAX_ERRORS)
    .flatMap((text) => text.split("\n").map((line) => excerpt(line, LONG)));
}
