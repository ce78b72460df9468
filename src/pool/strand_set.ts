// The strands of one worker, and the work on them. `WorkerQueue` places its tasks on them, and decides with them if
// more work may be sent.

import type { QueuedTask } from "./queued_task.ts";
import type { SourceQueue } from "./source_queue.ts";
import { SLOW_MS, Strand } from "./strand.ts";

/**
 * The maximum amount of work that waits behind others, in microseconds. It covers the round trip to the host,
 * also if the host does not get a core at once.
 */
const MAX_US = 4_000;
/** The amount down to which no more work is sent, so that a message contains many tasks, in microseconds. */
const LOW_US = 3_000;
/** The estimate of a task from which on no other task is placed behind it, in microseconds. */
const SLOW_US = 1_500;
/**
 * The estimate of all such tasks, which is above {@linkcode MAX_US}. Estimates are integers, so that their sums
 * are exact.
 */
const SLOWEST_US = 1_000_000;
/** The strands of a worker: the free ones, and those that have tasks. */
export class StrandSet {
  readonly #worker: number;
  readonly #most: number;
  readonly #idle: Strand[] = [];
  /** The strands with little work, on which more tasks may wait. */
  readonly #open = new Set<Strand>();
  #made = 0;
  /** The sum of the estimates of all quick tasks, in microseconds. */
  #quickUs = 0;

  /**
   * @param worker The index of the worker in its pool.
   * @param most The maximum number of activations that it executes at once.
   */
  constructor(worker: number, most: number) {
    this.#worker = worker;
    this.#most = most;
  }

  /** The number of strands that have a task. */
  get busy(): number {
    return this.#made - this.#idle.length;
  }

  /** Checks whether a strand is free. */
  get hasFree(): boolean {
    return this.busy < this.#most;
  }

  /** Checks whether the work on the strands allows another task to be placed behind others. */
  get hasRoomBehind(): boolean {
    return this.#open.size > 0 && this.#quickUs < MAX_US;
  }

  /** Checks whether so much of the work has ended that more should be sent. */
  get isLow(): boolean {
    return this.#quickUs <= LOW_US;
  }

  /** Takes a free strand. */
  open(at: number): Strand {
    const strand = this.#idle.pop() ?? new Strand(this.#worker, this.#made++, this.#most);
    strand.progressAt = at;
    return strand;
  }

  /** Returns a strand that makes progress, and on which a task of a source may wait behind others. */
  behindFor(source: SourceQueue, at: number): Strand | undefined {
    for (const strand of this.#open) {
      if (at - strand.progressAt < SLOW_MS && source.mayUse(strand)) return strand;
    }
    return undefined;
  }

  /** Moves a strand to the end, so that the next task goes to another one. */
  putLast(strand: Strand): void {
    if (this.#open.size > 1 && this.#open.delete(strand)) this.#open.add(strand);
  }

  /** Adds a task at the end of a strand. */
  enter(held: QueuedTask, strand: Strand): void {
    const estimate = Math.ceil(held.bound.estimate * 1_000);
    held.estimate = estimate < SLOW_US ? estimate : SLOWEST_US;
    held.strand = strand;
    held.isOnStrand = true;
    held.source.place(strand);
    if (strand.size++ === 0) strand.head = held;
    strand.estimate += held.estimate;
    if (held.estimate < SLOW_US) this.#quickUs += held.estimate;
    this.#openOrClose(strand);
  }

  /** Removes a task from its strand, if it is on one. */
  leave(held: QueuedTask): void {
    const { strand } = held;
    if (strand === undefined || !held.isOnStrand) return;
    held.isOnStrand = false;
    if (--strand.size === 0) this.#idle.push(strand);
    if (strand.head === held) strand.head = strand.size === 0 ? undefined : behind(held, strand);
    strand.estimate -= held.estimate;
    if (held.estimate < SLOW_US) this.#quickUs -= held.estimate;
    held.source.leave(strand);
    this.#openOrClose(strand);
  }

  /** Puts a task of the same source in the place of another one. */
  replace(held: QueuedTask, next: QueuedTask): void {
    const { strand } = held;
    next.strand = strand;
    next.estimate = held.estimate;
    next.isOnStrand = held.isOnStrand;
    if (strand?.head === held) strand.head = next;
    held.strand = undefined;
    held.isOnStrand = false;
  }

  /** Records whether more tasks may wait on a strand. */
  #openOrClose(strand: Strand): void {
    if (strand.size > 0 && strand.estimate < MAX_US) this.#open.add(strand);
    else this.#open.delete(strand);
  }
}

/** Returns the task behind another one on a strand. */
function behind(held: QueuedTask, strand: Strand): QueuedTask | undefined {
  let { next } = held;
  while (next !== undefined && !(next.strand === strand && next.isOnStrand)) next = next.next;
  return next;
}
