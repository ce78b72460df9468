// The limits on how many activations of single routines execute at once. `Engine` asks here before it gives an
// activation to the pool, and reports when it executes no more.

import { FairQueue, type Ranked } from "./fair_queue.ts";
import type { LiveActivation } from "./job.ts";

/**
 * Limits the activations of single routines that are at a worker. The others of a routine are parked, across all jobs, so
 * that they neither hold a worker nor keep other activations of their jobs waiting. They enter by the priorities of their
 * jobs and by turns of the groups, and those of one job in the order in which they first asked.
 *
 * | an activation is | left by                                                                          |
 * | ---------------- | -------------------------------------------------------------------------------- |
 * | parked           | a free place: called, or set aside if its job may not go on; `leave`             |
 * | called           | `enter`: entered; `leave`; `withdraw`, as its job may not go on: set aside       |
 * | set aside        | `parkAgain`: parked; `leave`                                                     |
 * | entered          | `leave`; `giveBack`: parked                                                      |
 *
 * A called activation has a place already, so that no later one can take it.
 */
export class RoutineLimits<Owner extends { readonly job: Ranked }> {
  readonly #limits = new Map<string, Limit<Owner>>();
  readonly #resume: (owner: Owner, live: LiveActivation) => boolean;
  readonly #onParked: (routineId: string) => void;
  /** The numbers of all activations that have not left, in the order in which they first asked to enter. */
  readonly #tickets = new WeakMap<LiveActivation, number>();
  #issued = 0;

  /**
   * @param limits The maximum number for each limited routine, by id.
   * @param resume Called with an activation that was parked and may enter now. Returns `false` if its job may not go on.
   * @param onParked Called with the routine of an activation that was parked.
   */
  constructor(
    limits: ReadonlyMap<string, number>,
    resume: (owner: Owner, live: LiveActivation) => boolean,
    onParked: (routineId: string) => void = () => {},
  ) {
    for (const [routineId, most] of limits) this.#limits.set(routineId, newLimit(most));
    this.#resume = resume;
    this.#onParked = onParked;
  }

  /** Lets an activation enter, or parks it and returns `false`. */
  enter(live: LiveActivation, owner: Owner): boolean {
    const limit = this.#limitOf(live);
    if (limit === undefined) return true;
    const { most, entered, called, parked } = limit;
    const isCalled = called.delete(live);
    if (!isCalled) this.#tickets.set(live, ++this.#issued);
    if (isCalled || (parked.size === 0 && entered.size + called.size < most)) {
      entered.add(live);
      return true;
    }
    parked.push(this.#parkedOf(live, owner));
    this.#onParked(live.activation.routineId);
    return false;
  }

  /** Checks whether activations of a routine wait for a place. */
  isAwaited(routineId: string): boolean {
    return (this.#limits.get(routineId)?.parked.size ?? 0) > 0;
  }

  /** Checks which of two activations of a job has asked first. */
  isBefore(one: LiveActivation, other: LiveActivation): boolean {
    return (this.#tickets.get(one) ?? 0) < (this.#tickets.get(other) ?? 0);
  }

  /** Called when an activation has ended, or asks to enter as a new one if it does so again. */
  leave(live: LiveActivation): void {
    const limit = this.#limitOf(live);
    if (limit === undefined || !this.#tickets.delete(live)) return;
    if (limit.entered.delete(live) || limit.called.delete(live)) this.#call(limit);
    else this.#dropStale(limit);
  }

  /** Parks activations of a job again that were set aside, in the order in which they asked. */
  parkAgain(lives: readonly LiveActivation[], owner: Owner): void {
    for (const [limit, own] of Map.groupBy(lives, (live) => this.#limitOf(live))) {
      if (limit === undefined) continue;
      limit.parked.merge(own.map((live) => this.#parkedOf(live, owner)), isEarlier);
      this.#call(limit);
      for (const { activation } of own.slice(0, 1)) this.#onParked(activation.routineId);
    }
  }

  /** Parks an activation again that has entered and does not begin. Returns `false` if it has not entered. */
  giveBack(live: LiveActivation, owner: Owner): boolean {
    const limit = this.#limitOf(live);
    if (!limit?.entered.delete(live)) return false;
    limit.parked.merge([this.#parkedOf(live, owner)], isEarlier);
    this.#call(limit);
    this.#onParked(live.activation.routineId);
    return true;
  }

  /** Called when the job of an activation that was called may not go on. */
  withdraw(live: LiveActivation): void {
    const limit = this.#limitOf(live);
    if (limit?.called.delete(live)) this.#call(limit);
  }

  /** Gives the free places to those that are next. */
  #call(limit: Limit<Owner>): void {
    const { most, entered, called, parked } = limit;
    while (entered.size + called.size < most) {
      const next = parked.shift();
      if (next === undefined) return;
      const { owner, live } = next;
      if (this.#isStale(next)) continue;
      called.add(live);
      if (!this.#resume(owner, live)) called.delete(live);
    }
  }

  #limitOf({ activation: { routineId } }: LiveActivation): Limit<Owner> | undefined {
    return this.#limits.get(routineId);
  }

  #parkedOf(live: LiveActivation, owner: Owner): Parked<Owner> {
    return { live, owner, ticket: this.#tickets.get(live) ?? 0, job: owner.job };
  }

  /** Checks whether a parked activation has left: it has ended, or has another ticket now, or none. */
  #isStale({ live, ticket }: Parked<Owner>): boolean {
    return live.state !== "queued" || this.#tickets.get(live) !== ticket;
  }

  /** Called when a parked activation has left: removes those that have once they are half, as they take memory. */
  #dropStale(limit: Limit<Owner>): void {
    const { parked } = limit;
    if (++limit.stale * 2 < parked.size) return;
    limit.stale = 0;
    parked.filter((one) => !this.#isStale(one));
  }
}

/** The state of the limit of a routine. */
interface Limit<Owner> {
  readonly most: number;
  readonly entered: Set<LiveActivation>;
  readonly called: Set<LiveActivation>;
  /** With some that have left, see `stale`. */
  readonly parked: FairQueue<Parked<Owner>>;
  /** At least the number of parked activations that have left. */
  stale: number;
}

interface Parked<Owner> {
  readonly live: LiveActivation;
  readonly owner: Owner;
  readonly ticket: number;
  readonly job: Ranked;
}

function newLimit<Owner>(most: number): Limit<Owner> {
  return { most, entered: new Set(), called: new Set(), parked: new FairQueue(), stale: 0 };
}

function isEarlier(one: Parked<unknown>, other: Parked<unknown>): boolean {
  return one.ticket < other.ticket;
}
