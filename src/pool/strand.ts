import type { QueuedTask } from "./queued_task.ts";

/**
 * A place in a worker where one task is executed at a time, and others wait behind it. A worker has as
 * many strands as it may execute activations at once, so a limit on activations is a limit on strands.
 */
export class Strand {
  /** The strand's place among all strands of the pool. */
  readonly id: number;
  /** The index of its worker. */
  readonly worker: number;
  /** Its place among the strands of its worker. */
  readonly index: number;
  /** When a task was placed on it that was empty, or one of its tasks ended. */
  progressAt = 0;
  /** The task in front, which is the next to be executed, or is. */
  head: QueuedTask | undefined;
  /** The number of tasks on it. */
  size = 0;
  /** The estimated duration of those tasks, in microseconds. */
  estimate = 0;

  constructor(worker: number, index: number, strandsOfWorker: number) {
    this.id = worker * strandsOfWorker + index;
    this.worker = worker;
    this.index = index;
  }
}
