import { QueuedTask } from "./queued_task.ts";
import type { Task } from "./task.ts";

/**
 * Finds the tasks that a pool has, for those who revoke or abort them. A task carries what the pool knows
 * of it: a map of all would cost a third of the throughput.
 */
export class TaskTable {
  /** Tasks of sources that cannot be marked with a handle. */
  readonly #others = new Map<Task, QueuedTask>();

  /** Adds a task. */
  add(queued: QueuedTask): void {
    const { task } = queued;
    if ("handle" in task || Object.isExtensible(task)) task.handle = queued;
    else this.#others.set(task, queued);
  }

  /** Returns the pool's record of a task, if it has one. */
  get(task: Task): QueuedTask | undefined {
    const { handle } = task;
    if (handle instanceof QueuedTask && handle.source.tasks === this) return handle;
    return this.#others.size === 0 ? undefined : this.#others.get(task);
  }

  /** Drops a task. */
  delete({ task }: QueuedTask): void {
    if (task.handle !== undefined) task.handle = undefined;
    else this.#others.delete(task);
  }
}
