// The activations that count to one limit: those of a routine, or those of one key of it. `RoutineLimits` changes it,
// and `Backpressure` looks at it.

import type { FairQueue, Queueable } from "./fair_queue.ts";
import type { LiveActivation } from "./job.ts";
import { type Rate, RateWindow } from "./rate_window.ts";

/** The activations that count to one limit. */
export class Gate<Owner = unknown> {
  readonly routineId: string;
  /** The key; `""` if the limit has none. */
  readonly key: string;
  readonly limit: RoutineLimit;
  /** The number of activations that have entered. */
  entered = 0;
  /** The number of activations that were called, and have not entered. */
  called = 0;
  /** The number of activations that are set aside, as their jobs may not go on. */
  aside = 0;
  /** The starts that count to the rate; absent without one. */
  readonly window: RateWindow | undefined;
  /** The number of activations that are parked. */
  waiting = 0;
  /** The parked activations, and some that have left, see `stale`; absent until one was parked. */
  parked: FairQueue<Place<Owner>> | undefined;
  /** At least the number of parked activations that have left. */
  stale = 0;
  /** `true` while a timer is set for the time at which the rate has room. */
  isWaking = false;
  /** `true` if it is in the queue of gates that are removed once their starts are spent. */
  isIdle = false;

  constructor(routineId: string, key: string, limit: RoutineLimit) {
    this.routineId = routineId;
    this.key = key;
    this.limit = limit;
    const { rate } = limit;
    this.window = rate && new RateWindow(rate);
  }

  /** Returns the number of activations that may be called, or enter, at a time. */
  room(at: number): number {
    const { entered, called, window, limit } = this;
    const free = limit.concurrency - entered - called;
    return window === undefined || free <= 0 ? free : Math.min(free, window.room(at) - called);
  }

  /**
   * Returns the time at which the rate has room for a parked activation; `undefined` if something else has to happen
   * before, such as the end of another one.
   */
  nextAt(at: number): number | undefined {
    const { window, called } = this;
    return this.isAwaited && window !== undefined && window.room(at) <= called
      ? window.nextAt
      : undefined;
  }

  /** `true` if activations wait for a place, or for their time. */
  get isAwaited(): boolean {
    return this.waiting > 0;
  }

  /** `true` if it counts nothing but starts. */
  get isUnused(): boolean {
    return this.entered + this.called + this.aside === 0 && !this.isAwaited;
  }
}

/** The limit of a routine, for all its activations together or for those of each key. */
export interface RoutineLimit {
  /** The maximum number of activations that execute at once; `Infinity` for no maximum. */
  readonly concurrency: number;
  /** The maximum number of attempts that start in a period; absent for no maximum. */
  readonly rate?: Rate | undefined;
  /** `true` if the limit is that of each key. */
  readonly isKeyed: boolean;
}

/** An activation that has asked to enter, and has not left. */
export interface Place<Owner> extends Queueable {
  readonly live: LiveActivation;
  readonly owner: Owner;
  readonly gate: Gate<Owner>;
  /** Its number, in the order in which they first asked. */
  readonly ticket: number;
  state: "parked" | "called" | "aside" | "entered" | "left";
  /** `true` once its start was reported. */
  hasBegun: boolean;
}
