// The present numbers of a flow, by routine and by limit. `Flow.stats` returns them.

import type { Gate } from "./gate.ts";
import type { Job } from "./job.ts";

/**
 * The present numbers of a flow.
 *
 * @example The routines that wait for their limits
 * ```ts
 * import { Flow, type FlowStats } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci, { rate: { limit: 5, per: 1_000 } });
 * const { routines }: FlowStats = flow.stats();
 * for (const { routineId, limited } of routines) console.log(routineId, limited); // fibonacci 0
 * ```
 */
export interface FlowStats {
  /** The number of jobs that have not ended. */
  readonly jobs: number;
  /** The number of queued activations. */
  readonly queued: number;
  /** The number of activations that are executing. */
  readonly executing: number;
  /** The numbers of each routine, in the order in which they were added. */
  readonly routines: readonly RoutineStats[];
}

/** The present numbers of a routine, over all jobs of its flow. */
export interface RoutineStats {
  /** The routine. */
  readonly routineId: string;
  /** The number of its queued activations. */
  readonly queued: number;
  /** The number of its activations that are executing. */
  readonly executing: number;
  /** Of the queued ones, the number of those that wait for a time. */
  readonly delayed: number;
  /** Of the queued ones, the number of those that wait for a limit of the routine. */
  readonly limited: number;
  /** The number of keys with activations, or starts that count to the rate; 0 without limits. */
  readonly keys: number;
  /** The limits for which most activations wait: of the routine, or of at most ten of its keys. */
  readonly limits: readonly LimitStats[];
}

/** The present numbers of a limit. */
export interface LimitStats {
  /** The key; `""` if the routine has no `limitBy`. */
  readonly key: string;
  /** The number of activations that have a place of it. */
  readonly executing: number;
  /** The number of activations that wait for it. */
  readonly waiting: number;
  /** The number of starts that count to the rate; absent without one. */
  readonly starts?: number;
  /** The time until the rate has room for the next start, in milliseconds; absent if it has, or has none. */
  readonly nextIn?: number;
}

/** The maximum number of keys in the numbers of a routine. */
const MOST_KEYS = 10;

/**
 * Returns the present numbers of a flow. Passes through all activations that have not ended.
 *
 * @param routineIds The routines.
 * @param jobs The jobs that have not ended, each with the time by its clock, in epoch milliseconds.
 * @param gates The limits.
 * @param now The time by the clock of the limits, in milliseconds.
 * @param singleStartsOf Returns the number of keys of a routine that have a single start, and no limit in `gates`.
 */
export function flowStats(
  routineIds: Iterable<string>,
  jobs: Iterable<readonly [job: Job, at: number]>,
  gates: Iterable<Gate>,
  now: number,
  singleStartsOf: (routineId: string) => number = () => 0,
): FlowStats {
  const counts = new Map<string, Counts>();
  for (const routineId of routineIds) counts.set(routineId, newCounts());
  let number = 0;
  for (const [{ live }, at] of jobs) {
    number++;
    for (const { activation, state, dueAt } of live.values()) {
      const own = counts.getOrInsertComputed(activation.routineId, newCounts);
      if (state === "executing") own.executing++;
      else if (state === "queued") {
        own.queued++;
        if (dueAt > at) own.delayed++;
      }
    }
  }
  for (const gate of gates) {
    const own = counts.getOrInsertComputed(gate.routineId, newCounts);
    own.gates.push(gate);
  }
  const routines = [...counts].map(([routineId, own]) => {
    const stats = routineStats(routineId, own, now);
    return { ...stats, keys: stats.keys + singleStartsOf(routineId) };
  });
  return {
    jobs: number,
    queued: sum(routines, ({ queued }) => queued),
    executing: sum(routines, ({ executing }) => executing),
    routines,
  };
}

interface Counts {
  queued: number;
  executing: number;
  delayed: number;
  readonly gates: Gate[];
}

function newCounts(): Counts {
  return { queued: 0, executing: 0, delayed: 0, gates: [] };
}

function routineStats(
  routineId: string,
  { queued, executing, delayed, gates }: Counts,
  now: number,
): RoutineStats {
  const busiest = gates.toSorted((a, b) => b.waiting - a.waiting || b.entered - a.entered);
  return {
    routineId,
    queued,
    executing,
    delayed,
    limited: sum(gates, ({ waiting }) => waiting),
    keys: gates.length,
    limits: busiest.slice(0, MOST_KEYS).map((gate) => limitStats(gate, now)),
  };
}

function limitStats({ key, entered, waiting, window }: Gate, now: number): LimitStats {
  if (window === undefined) return { key, executing: entered, waiting };
  const isFull = window.room(now) < 1;
  const nextAt = isFull ? window.nextAt : undefined;
  const starts = window.starts(now);
  return {
    ...{ key, executing: entered, waiting, starts },
    ...nextAt !== undefined && { nextIn: Math.max(0, nextAt - now) },
  };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
