import { FairQueue, type Queueable } from "./fair_queue.ts";

/** The number of turns that each job has before another one begins, while they could use all workers. */
const TURNS = 16;

/**
 * Decides which job has the next turn. Jobs that have begun take turns, and come before those that have not, so that the
 * first jobs end first, and few of them hold intermediate results at a time. So that long jobs do not keep out the
 * others, another one begins after {@linkcode TURNS} turns for each that has begun.
 */
export class Turns<Item extends Queueable & { readonly hasBegun: boolean }> {
  readonly #begun = new FairQueue<Item>();
  readonly #fresh = new FairQueue<Item>();
  /** The number of turns since a job has begun. */
  #since = 0;

  /** Adds a job that has something to execute. */
  push(item: Item): void {
    (item.hasBegun ? this.#begun : this.#fresh).push(item);
  }

  /** Adds a job that has had its turn, but could not use it until now. */
  unshift(item: Item): void {
    (item.hasBegun ? this.#begun : this.#fresh).unshift(item);
  }

  /** The number of jobs. */
  get size(): number {
    return this.#begun.size + this.#fresh.size;
  }

  /** Removes all jobs for which a check fails. */
  filter(isIn: (item: Item) => boolean): void {
    this.#begun.filter(isIn);
    this.#fresh.filter(isIn);
  }

  /**
   * Removes the job with the next turn and returns it.
   *
   * @param mayBegin `false` if only a job that has begun may have it.
   */
  shift(mayBegin: boolean): Item | undefined {
    if (mayBegin && this.#isFreshNext()) {
      this.#since = 0;
      return this.#fresh.shift();
    }
    const next = this.#begun.shift();
    if (next !== undefined) this.#since++;
    return next;
  }

  #isFreshNext(): boolean {
    const fresh = this.#fresh.priority;
    const begun = this.#begun.priority;
    if (fresh === undefined || begun === undefined) return begun === undefined;
    if (fresh !== begun) return fresh > begun;
    return this.#since >= TURNS * this.#begun.size;
  }
}
