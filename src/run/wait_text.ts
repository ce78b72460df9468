// Waits in words, for all views. Ids and keys are the texts of users, which a view has to escape. Each view formats times
// in its own way: as `in 0.4 s`, or as `at 14:03:09`.

import type { JobWait, WaitReason } from "../engine/job_waits.ts";
import type { LimitSnapshot, RoutineWaits, RunSnapshot } from "./run_snapshot.ts";

/** Formats a time, in epoch milliseconds, as part of a sentence. */
export type TimeText = (time: number) => string;

/**
 * Says what a job waits for in one line: `waits for 2 × rate of fetch (example.org, next in 0.4 s), signal approve`. Of
 * several keys, the first one is named.
 *
 * @param waits The waits of the job.
 * @param timeText Formats the time at which a wait ends by itself.
 * @returns The text; empty if the job waits for no more than workers.
 */
export function waitsText(waits: readonly JobWait[], timeText: TimeText): string {
  const shown = waits.filter(({ reason }) => reason !== "worker");
  const groups = Map.groupBy(
    shown,
    ({ reason, routineId, signal }) => JSON.stringify([reason, routineId, signal]),
  );
  const texts = new Set([...groups.values()].map((group) => phraseOf(group, timeText)));
  return texts.size === 0 ? "" : `waits for ${[...texts].join(", ")}`;
}

/**
 * Says what some activations of a job wait for: `2 activations wait for the rate of example.org, next at 14:03:09`.
 *
 * @param wait The wait.
 * @param timeText Formats the time at which it ends by itself.
 */
export function waitSentence(wait: JobWait, timeText: TimeText): string {
  const { reason, count, key, signal, until } = wait;
  const who = reason === "signal"
    ? "waits"
    : count === 1
    ? "1 activation waits"
    : `${count} activations wait`;
  const of = key === undefined ? "" : ` of ${keyText(key)}`;
  const what = reason === "signal" ? `signal ${signal ?? ""}` : THINGS[reason];
  const end = until === undefined ? "" : `, ${ENDS[reason]}${timeText(until)}`;
  return `${who} for ${what}${of}${end}`;
}

/**
 * Says how many activations of a routine wait for which limits, and for a time: `12 for rate of example.org, next in 0.4
 * s; 3 for other keys; 5 delayed`.
 *
 * @param waits The waits of the routine.
 * @param timeText Formats the time at which a rate has room.
 * @param most The maximum number of keys.
 * @returns The text; empty if none waits.
 */
export function limitsText(
  { limited, delayed, limits }: RoutineWaits,
  timeText: TimeText,
  most = 3,
): string {
  const shown = limits.filter(({ waiting }) => waiting > 0).slice(0, most);
  const others = limited - shown.reduce((sum, { waiting }) => sum + waiting, 0);
  return [
    ...shown.map((limit) => `${limit.waiting} for ${limitText(limit, timeText)}`),
    ...others > 0 ? [`${others} for other keys`] : [],
    ...delayed > 0 ? [`${delayed} delayed`] : [],
  ].join("; ");
}

/** Names a limit for which activations wait: `rate of example.org, next in 0.4 s`. */
export function limitText({ key, starts, nextAt }: LimitSnapshot, timeText: TimeText): string {
  // A rate that has room while activations wait leaves the concurrency, unless their starts are not reported yet.
  const name = nextAt !== undefined ? "rate" : starts === undefined ? "concurrency" : "limit";
  const of = key === "" ? name : `${name} of ${key}`;
  return nextAt === undefined ? of : `${of}, next ${timeText(nextAt)}`;
}

/** Returns the numbers of activations that wait for a limit, and for a time, of all routines; 0 without limits. */
export function waitTotals(
  { routines }: Pick<RunSnapshot, "routines">,
): { readonly limited: number; readonly delayed: number } {
  let [limited, delayed] = [0, 0];
  for (const { waits } of routines) {
    limited += waits?.limited ?? 0;
    delayed += waits?.delayed ?? 0;
  }
  return { limited, delayed };
}

/** Describes waits of one routine for the same reason, which differ in their keys. */
function phraseOf(waits: readonly JobWait[], timeText: TimeText): string {
  const [{ reason, routineId, key, signal } = NOTHING] = waits;
  if (reason === "signal") return `signal ${signal ?? ""}`;
  if (reason !== "rate" && reason !== "concurrency" && reason !== "time") return THINGS[reason];
  const name = reason === "time" ? "delay" : reason;
  const count = waits.reduce((sum, wait) => sum + wait.count, 0);
  const until = Math.min(...waits.map(({ until = Infinity }) => until));
  const others = waits.length === 1 ? "" : ` and ${waits.length - 1} more`;
  const notes = [
    ...key === undefined ? [] : [`${keyText(key)}${others}`],
    ...until === Infinity ? [] : [`${ENDS[reason]}${timeText(until)}`],
  ];
  const note = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  return `${count === 1 ? "" : `${count} × `}${name} of ${routineId}${note}`;
}

/** Stands for the first of no waits. */
const NOTHING: JobWait = { reason: "worker", routineId: "", count: 0 };

function keyText(key: string): string {
  return key === "" ? '""' : key;
}

/** The things that an activation waits for. */
const THINGS: Readonly<Record<Exclude<WaitReason, "signal">, string>> = {
  worker: "a worker",
  turn: "a turn",
  time: "a delay",
  concurrency: "the concurrency",
  rate: "the rate",
  feed: "an item of its feed",
  resume: "a resume",
  hold: "a reader of its events, or at a breakpoint",
};

/** The words before the time at which a wait ends by itself. */
const ENDS: Readonly<Record<WaitReason, string>> = {
  worker: "",
  turn: "",
  time: "over ",
  concurrency: "",
  rate: "next ",
  feed: "",
  resume: "",
  hold: "",
  signal: "timeout ",
};
