// The limits on how many activations of single routines execute at once. `Engine` asks here before it gives an
// activation to the pool, and reports when it executes no more.

import { Fifo } from "../data/fifo.ts";
import type { LiveActivation } from "./job.ts";

/**
 * Limits the activations of single routines that are at a worker. The others of a routine are parked, in their order and
 * across all jobs, so that they neither hold a worker nor keep other activations of their jobs waiting.
 *
 * | an activation is | left by                                                                          |
 * | ---------------- | -------------------------------------------------------------------------------- |
 * | parked           | a free place: called                                                             |
 * | called           | `enter`: entered; `withdraw`, as its job may not go on: (it asks to enter again) |
 * | entered          | `leave`                                                                          |
 *
 * A called activation has a place already, so that no later one can take it.
 */
export class RoutineLimits<Owner> {
  readonly #limits = new Map<string, Limit<Owner>>();
  readonly #resume: (owner: Owner, live: LiveActivation) => boolean;

  /**
   * @param limits The maximum number for each limited routine, by id.
   * @param resume Called with an activation that was parked and may enter now. Returns `false` if its job may not go on.
   */
  constructor(
    limits: ReadonlyMap<string, number>,
    resume: (owner: Owner, live: LiveActivation) => boolean,
  ) {
    for (const [routineId, most] of limits) this.#limits.set(routineId, newLimit(most));
    this.#resume = resume;
  }

  /** Lets an activation enter, or parks it and returns `false`. */
  enter(live: LiveActivation, owner: Owner): boolean {
    const limit = this.#limits.get(live.activation.routineId);
    if (limit === undefined) return true;
    const { most, entered, called, parked } = limit;
    const ticket = limit.tickets.get(live) ?? ++limit.issued;
    limit.tickets.set(live, ticket);
    const isFree = parked.size === 0 && entered.size + called.size < most;
    if (called.delete(live) || isFree) {
      entered.add(live);
      return true;
    }
    park(parked, { live, owner, ticket }, ticket === limit.issued);
    return false;
  }

  /** Called when an activation that has entered is at no worker any more. */
  leave(live: LiveActivation): void {
    const limit = this.#limits.get(live.activation.routineId);
    if (!limit?.entered.delete(live)) return;
    limit.tickets.delete(live);
    this.#call(limit);
  }

  /** Called when an activation that has entered is put back to the front of its job's queue. */
  giveBack(live: LiveActivation): void {
    const limit = this.#limits.get(live.activation.routineId);
    if (limit?.entered.delete(live)) this.#call(limit);
  }

  /** Called when the job of an activation that was called may not go on. */
  withdraw(live: LiveActivation): void {
    const limit = this.#limits.get(live.activation.routineId);
    if (limit?.called.delete(live)) this.#call(limit);
  }

  /** Gives the free places to the activations that have waited longest. */
  #call(limit: Limit<Owner>): void {
    const { most, entered, called, parked } = limit;
    while (entered.size + called.size < most) {
      const next = parked.shift();
      if (next === undefined) return;
      // Some were dropped with their jobs.
      if (next.live.state !== "queued") continue;
      called.add(next.live);
      if (!this.#resume(next.owner, next.live)) called.delete(next.live);
    }
  }
}

/** The state of the limit of a routine. */
interface Limit<Owner> {
  readonly most: number;
  readonly entered: Set<LiveActivation>;
  readonly called: Set<LiveActivation>;
  /** In the order of their tickets. */
  readonly parked: Fifo<Parked<Owner>>;
  /** The numbers of all activations above, in the order in which they first asked to enter. */
  readonly tickets: WeakMap<LiveActivation, number>;
  issued: number;
}

interface Parked<Owner> {
  readonly live: LiveActivation;
  readonly owner: Owner;
  readonly ticket: number;
}

function newLimit<Owner>(most: number): Limit<Owner> {
  return {
    most,
    entered: new Set(),
    called: new Set(),
    parked: new Fifo(),
    tickets: new WeakMap(),
    issued: 0,
  };
}

/** Adds an activation in the order of the tickets. Nearly all come last; one that asks again comes early. */
function park<Owner>(parked: Fifo<Parked<Owner>>, one: Parked<Owner>, isLast: boolean): void {
  if (isLast) return parked.push(one);
  const earlier: Parked<Owner>[] = [];
  for (let first = parked.peek(); first !== undefined; first = parked.peek()) {
    if (first.ticket > one.ticket) break;
    earlier.push(first);
    parked.shift();
  }
  for (const item of [...earlier, one].reverse()) parked.unshift(item);
}
