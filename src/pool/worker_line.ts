import { now } from "../data/clock.ts";
import { Fifo } from "../data/fifo.ts";
import type { Execution } from "../engine/job_event.ts";
import { CELLS, Cells, CLAIMED, DONE, QUEUED, TOLD } from "./cells.ts";
import type { HeldTask } from "./held_task.ts";
import { isPacked, NOTHING, unpackEffects } from "./packed_effects.ts";
import type { Entry } from "./protocol.ts";
import type { Outcome, Task } from "./task.ts";

/** A worker is given no more than this many tasks at once. */
const MAX_TASKS = 256;
/** Nor more work than this, in milliseconds: enough to outlast the way to the host and back. */
const MAX_MS = 1.5;

/** A task that cannot be executed again, and its execution if it was in the midst of it. */
export interface LostTask {
  readonly held: HeldTask;
  readonly execution: Execution | undefined;
}

/** The tasks that a worker holds, first to last: the one it executes, and those that wait for it. */
export class WorkerLine {
  /** The memory shared with the worker. */
  readonly cells = new Cells();
  /** When the worker was last seen to get on, in milliseconds of `performance.now()`. */
  progressAt = 0;
  readonly #workerId: string;
  readonly #index: number;
  readonly #ring: (HeldTask | undefined)[] = new Array(CELLS).fill(undefined);
  readonly #entries = new Fifo<Entry>();
  #first = 0;
  #next = 0;
  #size = 0;
  #estimate = 0;

  constructor(workerId: string, index: number) {
    this.#workerId = workerId;
    this.#index = index;
  }

  /** How many tasks the worker holds. */
  get size(): number {
    return this.#size;
  }

  /**
   * Whether it may be given another task.
   *
   * @param more How many it is about to be given.
   * @param ms How long those are thought to take.
   */
  hasRoom(more = 0, ms = 0): boolean {
    const { length } = this.#ring;
    return this.#estimate + ms < MAX_MS && this.#size + more < MAX_TASKS &&
      this.#next + more - this.#first < length;
  }

  /** Whether the worker has begun a task and not yet ended it, as far as its cells tell. */
  get isExecuting(): boolean {
    const state = this.#firstState;
    return state !== undefined && state !== QUEUED;
  }

  /** Whether the worker is at none of its tasks. */
  get isStalled(): boolean {
    return this.#firstState === QUEUED;
  }

  /** Whether the worker may have begun a task without that being known here, or has begun none. */
  get isUnclear(): boolean {
    if (this.isStalled) return true;
    for (let number = this.#next - 1; number >= this.#first; number--) {
      const held = this.#at(number);
      if (held !== undefined) return !held.isBegun;
    }
    return false;
  }

  /** The number that the next task gets. */
  get next(): number {
    return this.#next;
  }

  /**
   * Takes back what stands at a number and after it.
   *
   * @returns What the worker has not begun.
   */
  recall(from: number): HeldTask[] {
    const recalled: HeldTask[] = [];
    for (let number = Math.max(from, this.#first); number < this.#next; number++) {
      const held = this.takeBack(number);
      if (held !== undefined) recalled.push(held);
    }
    return recalled;
  }

  /** Adds a task at the end; its lane counts it as held by this worker already. */
  push(held: HeldTask): void {
    const { bound, task } = held;
    const number = this.#next++;
    held.estimate = bound.estimate;
    this.#estimate += held.estimate;
    this.#size++;
    this.#ring[number % CELLS] = held;
    this.cells.queue(number, bound.number, bound.slots.indexOf(task.slot), task.attempt);
  }

  /** Where a task stands, or `undefined` if it is not here. */
  find(task: Task): number | undefined {
    for (let number = this.#first; number < this.#next; number++) {
      if (this.#at(number)?.task === task) return number;
    }
    return undefined;
  }

  /** The task of a number, unless it has ended. */
  get(number: number): HeldTask | undefined {
    return number >= this.#first && number < this.#next ? this.#at(number) : undefined;
  }

  /** Takes a task back that the worker has not begun. */
  takeBack(number: number): HeldTask | undefined {
    const held = this.#at(number);
    if (held === undefined || !this.cells.takeBack(number)) return undefined;
    this.#remove(number, held);
    return held;
  }

  /**
   * Takes back tasks from the end, for another worker.
   *
   * @param atMost How many.
   * @param thief The index of the other worker, if it is known.
   */
  steal(atMost: number, thief?: number): HeldTask[] {
    const stolen: HeldTask[] = [];
    for (let number = this.#next - 1; number >= this.#first; number--) {
      if (stolen.length === atMost) break;
      const held = this.#at(number);
      if (held === undefined) continue;
      if (held.isBegun || held.isAlone) break;
      if (thief !== undefined && !held.lane.mayGive(thief)) continue;
      if (this.takeBack(number) === undefined) break;
      stolen.push(held);
    }
    return stolen.reverse();
  }

  /** Ends the tasks that have been executed, as far as is known, and begins the one that is. */
  collect(entries?: readonly Entry[]): void {
    if (entries !== undefined) { for (const entry of entries) this.#entries.push(entry); }
    // What a task does when it ends may lead back here, so nothing is kept over the turns.
    while (this.#first < this.#next) {
      const number = this.#first;
      const held = this.#at(number);
      const state = held === undefined ? undefined : this.cells.state(number);
      if (state === CLAIMED) held?.begin(this.#workerId);
      if (state === QUEUED || state === CLAIMED) return;
      if (state === TOLD && this.#entries.size === 0) return;
      this.#first = number + 1;
      if (held === undefined) continue;
      const outcome = this.#outcome(number, state === DONE ? undefined : this.#entries.shift());
      const { startedAt, endedAt } = outcome.execution;
      held.bound.measured(endedAt - startedAt);
      this.#end(number, held, outcome);
    }
  }

  /** As {@linkcode collect}, and begins also what comes after results that the worker keeps back. */
  look(): void {
    this.collect();
    for (let number = this.#first; number < this.#next; number++) {
      const held = this.#at(number);
      if (held === undefined) continue;
      const state = this.cells.state(number);
      if (state === QUEUED) return;
      held.begin(this.#workerId);
      if (state === CLAIMED) return;
    }
  }

  /**
   * Empties the line of a worker that is lost.
   *
   * @returns What others can execute, and what is lost with the worker.
   */
  abandon(): { left: HeldTask[]; lost: LostTask[] } {
    this.collect();
    const left: HeldTask[] = [];
    const lost: LostTask[] = [];
    for (; this.#first < this.#next; this.#first++) {
      const held = this.#at(this.#first);
      if (held === undefined) continue;
      // The thread may live on and claim it while we look.
      this.cells.takeBack(this.#first);
      const state = this.cells.state(this.#first);
      const execution = state === CLAIMED ? this.#execution(this.#first, now()) : undefined;
      this.#remove(this.#first, held);
      const hasEnded = state === DONE || state === TOLD;
      if (hasEnded) held.task.restart();
      // What it was lost with may be to blame; if it was alone, it is to blame itself.
      const isLost = execution !== undefined || held.hasTransfer ||
        held.abortReason !== undefined || hasEnded && !held.setApart();
      if (isLost) lost.push({ held, execution });
      else left.push(held);
    }
    return { left, lost };
  }

  #end(number: number, held: HeldTask, outcome: Outcome): void {
    this.#remove(number, held);
    held.end(outcome, this.#workerId);
  }

  #remove(number: number, held: HeldTask): void {
    this.#ring[number % CELLS] = undefined;
    this.#size--;
    // An empty line weighs nothing, whatever the sums of fractions say.
    this.#estimate = this.#size === 0 ? 0 : this.#estimate - held.estimate;
    held.lane.release(this.#index);
  }

  /** The state of the first task that is here still. */
  get #firstState(): number | undefined {
    for (let number = this.#first; number < this.#next; number++) {
      if (this.#at(number) !== undefined) return this.cells.state(number);
    }
    return undefined;
  }

  #at(number: number): HeldTask | undefined {
    return this.#ring[number % CELLS];
  }

  #outcome(number: number, entry: Entry | undefined): Outcome & { readonly execution: Execution } {
    const execution = this.#execution(number, this.cells.endedAt(number));
    if (entry === undefined) return { effects: NOTHING, execution };
    return isPacked(entry)
      ? { effects: unpackEffects(entry), execution }
      : { error: entry, execution };
  }

  #execution(number: number, endedAt: number): Execution {
    return { workerId: this.#workerId, startedAt: this.cells.startedAt(number), endedAt };
  }
}
