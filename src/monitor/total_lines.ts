// The lines of the live block with the totals of a run: jobs by status, work, and workers. Numbers have their places, so
// that the lines are calm; in a narrow window, zeros are left out, and then words are shortened.

import type { RunSnapshot, WorkerSnapshot } from "../run/run_snapshot.ts";
import { waitTotals } from "../run/wait_text.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { count, rate } from "../terminal/count.ts";
import { pad } from "../terminal/pad.ts";
import type { Paint, Palette } from "../terminal/palette.ts";
import { widthOf } from "../terminal/width_of.ts";

/** The width of the names of the lines. */
const LABEL = "workers".length;

/** The width of a number of up to 9,999, and of a rate. */
const NUMBER = 5, RATE = 7;

/** The width at which the id of a worker is cut. */
const MAX_WORKER = 12;

/** Returns the line with the number of jobs by status. */
export function jobsLine({ jobs }: RunSnapshot, paint: Palette, columns: number): string {
  return lineOf("jobs", undefined, [
    { number: jobs.running, words: ["running", "run"], color: paint.cyan, isSteady: true },
    { number: jobs.completed, words: ["completed", "done"], color: paint.green, isSteady: true },
    { number: jobs.failed, words: ["failed", "fail"], color: paint.red, isSteady: true },
    { number: jobs.pending, words: ["pending", "pend"] },
    { number: jobs.paused, words: ["paused", "pause"], color: paint.yellow },
    { number: jobs.cancelled, words: ["cancelled", "cancel"], color: paint.yellow },
  ], { paint, columns });
}

/** Returns the line with the activations by state. */
export function workLine(snapshot: RunSnapshot, paint: Palette, columns: number): string {
  const { totals } = snapshot;
  const { limited, delayed } = waitTotals(snapshot);
  return lineOf("work", rate(snapshot.rate), [
    { number: totals.executing, words: ["executing", "exec"], color: paint.cyan, isSteady: true },
    { number: totals.queued, words: ["queued", "queue"], isSteady: true },
    { number: limited, words: ["limited", "limit"] },
    { number: delayed, words: ["delayed", "delay"] },
    { number: totals.waiting, words: ["waiting", "wait"] },
    { number: totals.held, words: ["held", "held"], color: paint.yellow },
    { number: totals.retried, words: ["retried", "retry"], color: paint.yellow },
    { number: totals.skipped, words: ["skipped", "skip"], color: paint.yellow },
    { number: totals.failed, words: ["failed", "fail"], color: paint.red },
  ], { paint, columns });
}

/** Returns the line with the workers, and the number of activations that each executes. */
export function workersLine(snapshot: RunSnapshot, paint: Palette, columns: number): string {
  const { workers, workersBusy, workersLost, maxWorkers } = snapshot;
  const lost = workersLost === 0 ? [] : [paint.red(`${count(workersLost)} lost`)];
  const of = `of ${maxWorkers ?? workers.length} busy`;
  const wide = [
    paint.dim(pad("workers", LABEL)),
    `${pad(count(workersBusy), NUMBER, true)} ${of}`,
    ...lost,
  ].join("  ");
  const start = widthOf(wide) <= columns
    ? wide
    : [`${count(workersBusy)} ${of}`, ...lost].join(" ");
  const list = workers.filter(({ isLost, executing }) => !isLost || executing.length > 0)
    .map((worker) => workerText(worker, paint));
  return clip(start + listWithin(list, columns - widthOf(start), paint), columns);
}

/** One number of a line. */
interface Total {
  readonly number: number;
  /** Its name, and the short one. */
  readonly words: readonly [long: string, short: string];
  readonly color?: Paint;
  /** `true` if it is shown even if it is zero. */
  readonly isSteady?: boolean;
}

/** Lays out numbers in the first of four forms that fits. */
function lineOf(
  label: string,
  speed: string | undefined,
  totals: readonly Total[],
  { paint, columns }: { readonly paint: Palette; readonly columns: number },
): string {
  const some = totals.filter(({ number }) => number > 0);
  const textOf = ({ number, color }: Total, word: string, width = 0) => {
    const text = `${pad(count(number), width, true)} ${word}`;
    return number === 0 ? paint.dim(text) : color === undefined ? text : color(text);
  };
  const wide = [
    paint.dim(pad(label, LABEL)),
    ...(speed === undefined ? [] : [pad(speed, RATE, true)]),
    ...totals.filter(({ number, isSteady }) => isSteady || number > 0)
      .map((total) => textOf(total, total.words[0], NUMBER)),
  ].join("  ");
  if (widthOf(wide) <= columns) return wide;
  const start = speed === undefined ? [] : [speed];
  const compact = [...start, ...some.map((total) => textOf(total, total.words[0]))].join("  ");
  const labelled = `${paint.dim(label)}  ${compact}`;
  if (widthOf(labelled) <= columns) return labelled;
  if (widthOf(compact) <= columns) return compact;
  // Failures come first, as the end may be cut off.
  const sorted = some.toSorted((a, b) =>
    Number(a.color !== paint.red) - Number(b.color !== paint.red)
  );
  return clip(
    [...start, ...sorted.map((total) => textOf(total, total.words[1]))].join(" "),
    columns,
  );
}

/** Returns the texts that fit in a line, each after a gap, and the number of the others. */
function listWithin(texts: readonly string[], columns: number, paint: Palette): string {
  const whole = texts.map((text) => `  ${text}`).join("");
  if (widthOf(whole) <= columns) return whole;
  let room = columns - "  +999".length;
  let line = "";
  let shown = 0;
  for (const text of texts) {
    room -= widthOf(text) + 2;
    if (room < 0) break;
    line += `  ${text}`;
    shown++;
  }
  return columns < "  +999".length ? line : line + paint.dim(`  +${texts.length - shown}`);
}

function workerText({ workerId, executing }: WorkerSnapshot, paint: Palette): string {
  const text = `${excerpt(workerId, MAX_WORKER)} ${count(executing.length)}`;
  return executing.length === 0 ? paint.dim(text) : paint.worker(workerId)(text);
}
