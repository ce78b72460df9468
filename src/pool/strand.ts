import type { QueuedTask } from "./queued_task.ts";

/**
 * A queue of tasks in a worker, of which the first executes and the others wait. A worker has as many strands
 * as it may execute activations at once, so limits on activations are applied as limits on strands.
 */
export class Strand {
  /** The number of the strand among all strands of the pool. */
  readonly id: number;
  /** The index of the worker. */
  readonly worker: number;
  /** The index of the strand in its worker. */
  readonly index: number;
  /** The time at which the strand last received its first task, or at which one of its tasks ended. */
  progressAt = 0;
  /** The first task, which executes or is the next to execute. */
  head: QueuedTask | undefined;
  /** The number of its tasks. */
  size = 0;
  /** The estimated total duration of its tasks, in microseconds. */
  estimate = 0;

  constructor(worker: number, index: number, strandsOfWorker: number) {
    this.id = worker * strandsOfWorker + index;
    this.worker = worker;
    this.index = index;
  }
}

/** The time without progress after which the waiting tasks of a strand are revoked, in milliseconds. */
export const SLOW_MS = 2;
