// The conditions that hold of every round, whatever has happened in it.

import type { Execution } from "@millrace/flow/events";
import type { Effects } from "@millrace/flow/pool";
import { type Kind, KINDS, LOST } from "./kinds.ts";
import type { Plan, TaskPlan } from "./plan.ts";

/** The end of a task, wherever it came from. */
export interface End {
  /** All that it did. */
  readonly values: readonly unknown[];
  /** The number of its emits and log entries. */
  readonly said: number;
  readonly error: Failure | undefined;
}

/** The failure of a task, as an error or as data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** A disturbance of a task from outside. */
export interface Disturbance {
  /** Somebody stopped it. */
  readonly isStopped: boolean;
  /** The pool was closed. */
  readonly isClosed: boolean;
}

/** A span on the host's time line. */
export interface Span extends Execution {
  readonly nonce: string;
}

const NONCE = /nonce-\d+-\d+-\w+;/g;
/** Clocks of two threads agree to some hundredths of a millisecond. */
const CLOCK_MS = 0.2;

/** Says what is wrong with the end of a task; nothing if all is well. */
export function faultOf(plan: TaskPlan, end: End, disturbance: Disturbance): string | undefined {
  const kind = KINDS[plan.kind] as Kind;
  const { error, values, said } = end;
  const strange = stringsIn(values).filter((text) => text !== plan.nonce);
  if (strange.length > 0) return `did what is not its own: ${strange.slice(0, 3)}`;
  if (error === undefined) {
    if (kind.load === "unreadable" || disturbance.isStopped || kind.error === undefined) {
      const { says = Math.max(1, said) } = kind;
      return said === says ? undefined : `ended well, and did ${said} things of ${says}`;
    }
    return "ended well, though it fails";
  }
  const text = textOf(error);
  const names = text.match(NONCE) ?? [];
  const isLostWithOthers = kind.load === "bytes" || kind.load === "port" ||
    kind.load === "unreadable";
  if (isLostWithOthers && (LOST.test(text) || error.name === "UncaughtError")) return undefined;
  const others = names.filter((name) => name !== plan.nonce);
  if (others.length > 0) return `failed with what is another's: ${text}`;
  if (disturbance.isClosed && /closed/.test(text)) return undefined;
  const isNamed = names.length > 0;
  if (disturbance.isStopped && isNamed) return undefined;
  if (plan.throwsIn !== undefined && isNamed) return undefined;
  if (kind.error === undefined) return `failed, though it does well: ${text}`;
  if (kind.isEndless && !isNamed) return `was stopped, and fails with: ${text}`;
  if (!kind.error.test(text)) return `failed with the wrong error: ${text}`;
  if (kind.isNamed && !isNamed) return `failed with an error that is not its own: ${text}`;
  return undefined;
}

/** All that the effects of a task say. */
export function valuesIn(parts: readonly Effects[]): unknown[] {
  return parts.flatMap(({ emits, sharedData, sharedLog, routineState }) => [
    ...emits.map(({ payload }) => payload),
    ...sharedData.map((write) => write.deleted ? undefined : write.value),
    ...sharedLog.map(({ data }) => data),
    ...Object.values(routineState ?? {}),
  ]);
}

/** Counts the emits and log entries of effects. */
export function saidIn(parts: readonly Effects[]): number {
  return parts.reduce((said, part) => said + part.emits.length + part.sharedLog.length, 0);
}

/** Says which spans are not as they should be. */
export function faultsIn(spans: readonly Span[], from: number, to: number): string[] {
  return spans.flatMap(({ nonce, startedAt, endedAt, workerId }) => {
    const isPlausible = startedAt <= endedAt && startedAt >= from - 1 && endedAt <= to + 1 &&
      /^w[1-9]\d*$/.test(workerId);
    return isPlausible ? [] : [
      `${nonce} was executed by "${workerId}" from ${startedAt - from} to ${endedAt - from} ` +
      `of ${to - from} ms`,
    ];
  });
}

/** Returns the greatest number of spans that overlapped. */
export function overlapOf(spans: readonly Execution[]): number {
  const changes = spans.flatMap(({ startedAt, endedAt }) =>
    endedAt - startedAt < CLOCK_MS
      ? []
      : [{ at: startedAt, by: 1 }, { at: endedAt - CLOCK_MS, by: -1 }]
  ).sort((a, b) => a.at - b.at || a.by - b.by);
  let overlap = 0;
  return Math.max(0, ...changes.map(({ by }) => overlap += by));
}

/** Compares the overlaps of spans with the limits of a plan. */
export function overlapFaults(
  { pool, limits }: Plan,
  sources: readonly (readonly Span[])[],
): string[] {
  const faults: string[] = [];
  const compare = (whose: string, spans: readonly Span[], limit: number) => {
    const overlap = overlapOf(spans);
    if (overlap > limit) faults.push(`${whose} executed ${overlap} at once, of ${limit} at most`);
  };
  const all = sources.flat();
  compare("the pool", all, pool.concurrency);
  sources.forEach((spans, i) => {
    const limit = limits[i];
    if (limit !== undefined) compare(`source ${i}`, spans, limit.concurrency);
  });
  const strands = Math.ceil(pool.concurrency / pool.maxWorkers);
  for (const [worker, spans] of Map.groupBy(all, ({ workerId }) => workerId)) {
    compare(`worker ${worker}`, spans, strands);
  }
  return faults;
}

/** The text of an error, with its causes. */
export function textOf(error: Failure): string {
  const { name, message, cause } = error;
  return `${name}: ${message}` + (cause === undefined ? "" : ` (${Deno.inspect(cause)})`);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || value instanceof ArrayBuffer) return [];
  return Object.values(value).flatMap(stringsIn);
}
