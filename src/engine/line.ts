// The queue of a job in its flow. `Engine` changes it, with the numbers to which the job counts.

import { OrderedQueue } from "../data/ordered_queue.ts";
import { hasEnded, type Job, type LiveActivation } from "./job.ts";
import { StageQueue } from "./stage_queue.ts";

/** A job, and the queue of its activations that wait for a worker. */
export interface Line {
  readonly job: Job;
  /** `true` if `flow.execute` has started the job. */
  readonly isAwaited: boolean;
  readonly waiting: StageQueue;
  /** The activations that waited for a limit of their routine, and come before the others; absent until there are any. */
  first: OrderedQueue<LiveActivation> | undefined;
  /**
   * The activation that no other one of its job may overtake: it was taken, or waits for its next attempt.
   */
  blockedBy: LiveActivation | undefined;
  /** `true` if an activation of it was taken or has begun. */
  hasBegun: boolean;
  /** The number of activations that were taken and have not begun. */
  taken: number;
  isInTurns: boolean;
  /** The number of waiting activations that count as ready, if the job has begun. */
  ready: number;
  /** The same, if it has not. */
  fresh: number;
  /** `true` if it counts for `maxJobs`. */
  isRunning: boolean;
  /** `true` while none of them may begin. */
  isHeld: boolean;
  /** `true` if they could begin when it was looked at last. */
  isOpen: boolean;
}

/** A queued activation, and its job. */
export interface Queued {
  readonly job: Job;
  readonly live: LiveActivation;
}

/** Checks whether activations of a job may begin. */
export function isOpen({ job, isHeld }: Line): boolean {
  return !isHeld && (job.status === "running" || job.status === "pending") && !hasEnded(job);
}

/** Checks whether an activation of a job has begun. */
export function hasBegun({ known, live }: Job): boolean {
  if (known !== 1) return known > 1;
  const [entry] = live.values();
  return entry === undefined || entry.attempt > 0;
}

/** Returns the activations of a job in one of these states. */
export function livesOf(job: Job, ...states: LiveActivation["state"][]): LiveActivation[] {
  return [...job.live.values()].filter(({ state }) => states.includes(state));
}

/**
 * Adds an activation that has waited for a limit, before those that asked for a place later.
 *
 * @param ticketOf Returns the number of an activation, in the order in which they asked.
 */
export function addFirst(
  line: Line,
  live: LiveActivation,
  ticketOf: (live: LiveActivation) => number,
): void {
  line.first ??= new OrderedQueue(ticketOf);
  line.first.push(live);
}

/**
 * Returns the empty queue of a job.
 *
 * @param job The job.
 * @param isAwaited `true` if `flow.execute` has started it.
 * @param stages The stage of each routine, by id; absent if all come in the order in which they are queued.
 */
export function newLine(
  job: Job,
  isAwaited: boolean,
  stages: ReadonlyMap<string, number> | undefined,
): Line {
  return {
    job,
    isAwaited,
    waiting: new StageQueue(stages),
    first: undefined,
    blockedBy: undefined,
    hasBegun: hasBegun(job),
    taken: 0,
    isInTurns: false,
    ready: 0,
    fresh: 0,
    isRunning: false,
    isHeld: false,
    isOpen: true,
  };
}
