// A run in one line, for output that is not redrawn, and for windows with room for no more.

import type { ErrorSnapshot, RunSnapshot } from "../run/run_snapshot.ts";
import { waitTotals } from "../run/wait_text.ts";
import { excerpt } from "../terminal/clip.ts";
import { count, rate } from "../terminal/count.ts";
import { duration, stopwatch } from "../terminal/duration.ts";
import type { Palette } from "../terminal/palette.ts";

/** The width at which the id of a flow is cut. */
const MAX_FLOW_ID = 30;

/**
 * Describes a run in one line: `orders 12 s  240 of 500 jobs ended, 2 failed, 12 running; 1,240/s, 36 queued, 8
 * executing; eta 1m 20s`.
 */
export function summaryLine(snapshot: RunSnapshot, paint: Palette): string {
  const { flowId, status, jobs, totals, expectedJobs, eta } = snapshot;
  const ended = jobs.completed + jobs.failed + jobs.cancelled;
  const all = expectedJobs ?? ended + jobs.running + jobs.pending + jobs.paused;
  const { limited, delayed } = waitTotals(snapshot);
  const work = [
    rate(snapshot.rate),
    ...listed(totals.queued, "queued"),
    ...listed(limited, "limited"),
    ...listed(delayed, "delayed"),
    ...listed(totals.executing, "executing"),
    ...listed(totals.waiting, "waiting"),
    ...listed(totals.retried, "retried"),
    ...listed(snapshot.workersLost, "lost"),
  ];
  return [
    [paint.bold(excerpt(flowId, MAX_FLOW_ID)), ...runningTime(snapshot)].join(" ") + "  " + [
      `${count(ended)} of ${count(all)} jobs ended`,
      ...listed(jobs.failed, "failed", paint.red),
      ...listed(jobs.cancelled, "cancelled", paint.yellow),
      ...listed(jobs.paused, "paused", paint.yellow),
      ...listed(jobs.running, "running", paint.cyan),
      ...listed(jobs.pending, "pending"),
    ].join(", "),
    ...(status === "closed" ? [] : [work.join(", ")]),
    ...(status === "running" || status === "recorded" ? [] : [paint.yellow(status)]),
    ...(eta === undefined || status === "closed" ? [] : [`eta ${duration(eta)}`]),
  ].join("; ");
}

/** Returns the time since the first job began, if one has. */
export function runningTime({ since, at }: RunSnapshot): string[] {
  return since === undefined ? [] : [stopwatch(at - since)];
}

/** Describes an error in one line: `parse TypeError: no such key`. */
export function errorText({ routineId, name, message }: ErrorSnapshot, columns: number): string {
  const text = name === "" ? message : `${name}: ${message}`;
  return excerpt(routineId === undefined ? text : `${routineId} ${text}`, columns);
}

function listed(number: number, what: string, paint = (text: string) => text): string[] {
  return number === 0 ? [] : [paint(`${count(number)} ${what}`)];
}
