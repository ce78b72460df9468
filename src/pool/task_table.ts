import { QueuedTask } from "./queued_task.ts";
import type { Task } from "./task.ts";

/**
 * Finds the pool's record of a task, to revoke or abort it. The record is stored in the `handle` of the task,
 * as a map of all tasks would reduce the throughput by a third.
 */
export class TaskTable {
  /** The records of tasks whose `handle` cannot be set. */
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
