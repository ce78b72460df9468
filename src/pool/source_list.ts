// The sources of a pool. Thousands may be attached and have nothing to do, so the `Scheduler` looks only
// at those that are active: that have a task, or had one when they were last looked at.

import type { SourceQueue } from "./source_queue.ts";
import type { TaskSource } from "./task.ts";

/** The sources of a pool, and whose turn it is. */
export class SourceList {
  readonly #attached = new Map<TaskSource, SourceQueue>();
  /** By turns; some are detached, and have tasks yet. */
  readonly #active: SourceQueue[] = [];
  #turn = 0;

  /** The sources that may have tasks. */
  get active(): readonly SourceQueue[] {
    return this.#active;
  }

  /** All that have not been detached, or have tasks yet. */
  all(): SourceQueue[] {
    return [...new Set([...this.#attached.values(), ...this.#active])];
  }

  /** Adds a source, which may have tasks at once; one that is there already is left as it is. */
  attach(source: TaskSource, make: () => SourceQueue): void {
    this.#activate(this.#attached.getOrInsertComputed(source, make));
  }

  /**
   * Takes nothing more from a source.
   *
   * @returns What the pool has of it, if it was attached.
   */
  detach(source: TaskSource): SourceQueue | undefined {
    const queue = this.#attached.get(source);
    this.#attached.delete(source);
    queue?.detach();
    return queue;
  }

  /** A source has tasks; if it is not known, any of them may have. */
  wake(source: TaskSource | undefined): void {
    const known = source && this.#attached.get(source);
    if (known !== undefined) return this.#activate(known);
    for (const queue of this.#attached.values()) this.#activate(queue);
  }

  /** The source whose turn is next. */
  next(): SourceQueue {
    this.#turn = (this.#turn + 1) % this.#active.length;
    return this.#active[this.#turn] as SourceQueue;
  }

  /** Lets a source be the last to have its turn. */
  putLast(queue: SourceQueue): void {
    this.#active.push(...this.#active.splice(this.#active.indexOf(queue), 1));
  }

  /** Looks no more at sources that have nothing, until they are woken. */
  rest(): void {
    const active = this.#active;
    let left = 0;
    let turn = this.#turn;
    // What a source does when it is asked may wake others, which come at the end.
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
