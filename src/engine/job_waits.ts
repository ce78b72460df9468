// The reasons for which the activations of a job wait. `JobView` shows them.

import { hasEnded, hasOpenFeed, type Job, type LiveActivation, waitsOf } from "./job.ts";
import type { Line } from "./line.ts";
import type { RoutineLimits } from "./routine_limits.ts";

/**
 * Returns all that a job waits for.
 *
 * @param job The job.
 * @param at The time by the clock of the job, in epoch milliseconds.
 * @param flow The state of its flow; absent if none runs it.
 */
export function jobWaits(job: Job, at: number, flow?: WaitedFlow): JobWait[] {
  if (hasEnded(job) || job.stopping !== undefined) return [];
  const waits: Waits = new Map();
  for (const live of job.live.values()) {
    if (live.state === "executing") continue;
    add(waits, live.activation.routineId, reasonOf(job, live, at, flow));
  }
  for (const { routineId, signal, since, timeout } of waitsOf(job).values()) {
    add(waits, routineId, { reason: "signal", signal, until: timeout && since + timeout });
  }
  if (hasOpenFeed(job) && job.feed !== undefined && waits.size === 0 && job.live.size === 0) {
    add(waits, job.feed.routineId, { reason: job.status === "paused" ? "resume" : "feed" });
  }
  return [...waits.values()].flatMap((own) => [...own.values()]);
}

/**
 * Something that activations, or routines, of a job wait for.
 *
 * @example A line of text for each
 * ```ts
 * import type { JobWait } from "@millrace/flow";
 *
 * function textOf({ count, routineId, reason, key = "" }: JobWait): string {
 *   return `${count} of ${routineId} wait for ${reason} ${key}`;
 * }
 * console.log(textOf({ reason: "rate", routineId: "fetch", key: "deno.com", count: 3 }));
 * // 3 of fetch wait for rate deno.com
 * ```
 */
export interface JobWait {
  /** The reason. */
  readonly reason: WaitReason;
  /** The routine that waits. */
  readonly routineId: string;
  /** The number of its activations that wait for this. */
  readonly count: number;
  /** The key of the limit; absent if the routine has no `limitBy`, or does not wait for a limit. */
  readonly key?: string;
  /** The name of the signal; absent if it does not wait for one. */
  readonly signal?: string;
  /** The time at which the first of these waits ends by itself, in epoch milliseconds; absent if none does. */
  readonly until?: number;
}

/**
 * The reason of a wait:
 *
 * - `"worker"`: for a free worker, or the `concurrency` of the flow;
 * - `"turn"`: for other jobs, as `maxJobs` of them run;
 * - `"time"`: for a delay, of the start, an emit or a retry;
 * - `"concurrency"`, `"rate"`: for a limit of its routine;
 * - `"signal"`: for a signal from outside;
 * - `"feed"`: for an item of its feed, if the job has nothing else left;
 * - `"resume"`: for the resume of the job or the flow;
 * - `"hold"`: for a slow reader of its events, or as a breakpoint has stopped it.
 */
export type WaitReason =
  | "worker"
  | "turn"
  | "time"
  | "concurrency"
  | "rate"
  | "signal"
  | "feed"
  | "resume"
  | "hold";

/** The state of a flow, as far as its jobs wait for it. */
export interface WaitedFlow {
  /** The queue of the job. */
  readonly line: Line;
  /** `true` if as many jobs run as `maxJobs` allows. */
  readonly isFull: boolean;
  /** The limits of its routines. */
  readonly limits: Pick<RoutineLimits<Line>, "waitOf">;
}

interface Reason {
  readonly reason: WaitReason;
  readonly key?: string | undefined;
  readonly signal?: string | undefined;
  readonly until?: number | undefined;
}

function reasonOf(
  job: Job,
  live: LiveActivation,
  at: number,
  flow: WaitedFlow | undefined,
): Reason {
  if (job.status === "paused" || live.state === "held") return { reason: "resume" };
  if (live.dueAt > at) return { reason: "time", until: live.dueAt };
  if (flow === undefined) return { reason: "worker" };
  if (flow.line.isHeld) return { reason: "hold" };
  const limit = flow.limits.waitOf(live);
  if (limit !== undefined) {
    const { reason, key, nextIn } = limit;
    return { reason, key, until: nextIn && at + nextIn };
  }
  return { reason: !flow.line.hasBegun && flow.isFull ? "turn" : "worker" };
}

/** The waits by routine, and by what each is for. */
type Waits = Map<string, Map<string, { -readonly [Key in keyof JobWait]: JobWait[Key] }>>;

/** Adds a wait to those for the same. This is called for each activation of a job, of which there may be very many. */
function add(waits: Waits, routineId: string, { reason, key, signal, until }: Reason): void {
  const own = waits.getOrInsertComputed(routineId, () => new Map());
  // A wait has either a key or a signal, by its reason.
  const id = `${reason} ${key ?? signal ?? ""}`;
  let wait = own.get(id);
  if (wait === undefined) {
    const of = { ...key !== undefined && { key }, ...signal !== undefined && { signal } };
    own.set(id, wait = { reason, routineId, count: 0, ...of });
  }
  wait.count++;
  if (until !== undefined) wait.until = Math.min(until, wait.until ?? Infinity);
}
