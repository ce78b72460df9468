import { Fifo } from "../data/fifo.ts";
import type { BoundTable } from "./bound.ts";
import { HeldTask } from "./held_task.ts";
import type { Task, TaskSource } from "./task.ts";

/** A source of tasks as the pool serves it: how many workers hold its tasks, and what came back. */
export class Lane {
  readonly source: TaskSource;
  readonly #bounds: BoundTable;
  /** How many of its tasks each worker holds, by the worker's index. */
  readonly #counts: number[] = [];
  /** Taken from the source, and from a worker: they come before all that the source has. */
  readonly #returned = new Fifo<HeldTask>();
  #isDetached = false;
  #holders = 0;
  #held = 0;
  #taken = 0;

  constructor(source: TaskSource, bounds: BoundTable) {
    this.source = source;
    this.#bounds = bounds;
  }

  /** How many tasks could be given to workers, as far as their number allows. */
  get ready(): number {
    return this.#returned.size + (this.#isDetached ? 0 : this.source.ready);
  }

  /** Whether its next task is for an idle worker only. */
  get needsIdle(): boolean {
    return this.#returned.peek()?.isAlone === true;
  }

  /** How many workers it has use for: one for each task, up to its limit. */
  get wanted(): number {
    return Math.min(this.ready + this.#held, this.source.maxWorkers);
  }

  /** Whether nothing will come of it any more. */
  get isOver(): boolean {
    return this.#isDetached && this.#held === 0 && this.#returned.size === 0;
  }

  /** Takes nothing more from the source. */
  detach(): void {
    this.#isDetached = true;
  }

  /** Whether a worker may be given a task. */
  mayGive(worker: number): boolean {
    return this.#holders < this.source.maxWorkers || (this.#counts[worker] ?? 0) > 0;
  }

  /**
   * Takes the next task.
   *
   * @param mayBeAlone Whether it may be one that is to be sent alone.
   */
  take(mayBeAlone: boolean): HeldTask | undefined {
    const returned = this.#returned.peek();
    if (returned !== undefined) {
      return returned.isAlone && !mayBeAlone ? undefined : this.#returned.shift();
    }
    const task = this.#isDetached ? undefined : this.source.take();
    if (task === undefined) return undefined;
    const held = new HeldTask(task, this, this.#bounds.of(task.binding), this.#taken++);
    if (mayBeAlone || !held.isAlone) return held;
    this.#returned.push(held);
    return undefined;
  }

  /** Takes back tasks that no worker has executed, to give them to others in the order they had. */
  giveBack(tasks: readonly HeldTask[]): void {
    const latestFirst = tasks.toSorted((a, b) => b.order - a.order);
    for (const task of latestFirst) this.#returned.unshift(task);
  }

  /** Finds a task among those given back, and takes it out. */
  remove(task: Task): HeldTask | undefined {
    const held = this.#returned.list().find((held) => held.task === task);
    if (held !== undefined) this.#returned.remove(held);
    return held;
  }

  /** A worker holds one more of its tasks. */
  hold(worker: number): void {
    const count = this.#counts[worker] ?? 0;
    if (count === 0) this.#holders++;
    this.#counts[worker] = count + 1;
    this.#held++;
  }

  /** A worker holds one less. */
  release(worker: number): void {
    const count = (this.#counts[worker] as number) - 1;
    if (count === 0) this.#holders--;
    this.#counts[worker] = count;
    this.#held--;
  }
}

/** Gives tasks back to the lanes they came from. */
export function giveBack(tasks: readonly HeldTask[]): void {
  const lanes = new Map<Lane, HeldTask[]>();
  for (const held of tasks) {
    const known = lanes.get(held.lane);
    if (known === undefined) lanes.set(held.lane, [held]);
    else known.push(held);
  }
  for (const [lane, held] of lanes) lane.giveBack(held);
}
