// The sources of a pool. Thousands of them may be attached without having tasks, so the `Scheduler` visits
// only the active ones: those that have a task, or had one at the last visit.

import type { SourceQueue } from "./source_queue.ts";
import type { TaskSource } from "./task.ts";

/** The sources of a pool, and the source that has the next turn. */
export class SourceList {
  readonly #attached = new Map<TaskSource, SourceQueue>();
  /** The active sources, in the order of their turns. Some may be detached but still have tasks. */
  readonly #active: SourceQueue[] = [];
  #turn = 0;

  /** The sources that may have tasks. */
  get active(): readonly SourceQueue[] {
    return this.#active;
  }

  /** Returns all sources that are attached, or are detached but still have tasks. */
  all(): SourceQueue[] {
    return [...new Set([...this.#attached.values(), ...this.#active])];
  }

  /** Adds a source, which may have tasks at once. Does not replace one that is attached already. */
  attach(source: TaskSource, make: () => SourceQueue): void {
    this.#activate(this.#attached.getOrInsertComputed(source, make));
  }

  /**
   * Removes a source, from which no more tasks are taken.
   *
   * @returns The queue of the source, if it was attached.
   */
  detach(source: TaskSource): SourceQueue | undefined {
    const queue = this.#attached.get(source);
    this.#attached.delete(source);
    queue?.detach();
    return queue;
  }

  /** Called when a source has tasks; if it is unknown, any of them may have tasks. */
  wake(source: TaskSource | undefined): void {
    const known = source && this.#attached.get(source);
    if (known !== undefined) return this.#activate(known);
    for (const queue of this.#attached.values()) this.#activate(queue);
  }

  /** Returns the source that has the next turn. */
  next(): SourceQueue {
    this.#turn = (this.#turn + 1) % this.#active.length;
    return this.#active[this.#turn] as SourceQueue;
  }

  /** Moves a source to the end of the turns. */
  putLast(queue: SourceQueue): void {
    this.#active.push(...this.#active.splice(this.#active.indexOf(queue), 1));
  }

  /** Deactivates sources without tasks until they are woken. */
  rest(): void {
    const active = this.#active;
    let left = 0;
    let turn = this.#turn;
    // The code of a source, called by `isIdle`, may wake other sources, which are added at the end.
    for (let i = 0; i < active.length; i++) {
      const queue = active[i] as SourceQueue;
      if (queue.isIdle) {
        queue.isActive = false;
        if (i <= this.#turn) turn--;
      } else active[left++] = queue;
    }
    active.length = left;
    this.#turn = Math.max(0, turn);
  }

  #activate(queue: SourceQueue): void {
    if (queue.isActive) return;
    queue.isActive = true;
    this.#active.push(queue);
  }
}
