import type { PoolWorker } from "./pool_worker.ts";
import type { QueuedTask } from "./queued_task.ts";
import type { SourceQueue } from "./source_queue.ts";

/** Collects the tasks that are sent to a worker in one message. */
export class BatchBuilder {
  readonly worker: PoolWorker;
  /** The tasks, first to last. */
  readonly tasks: QueuedTask[] = [];
  readonly #most: number;
  readonly #at: number;
  #isClosed = false;

  /**
   * @param worker The worker.
   * @param most The maximum number of tasks in the message.
   * @param at The time, in milliseconds of the monotonic clock.
   */
  constructor(worker: PoolWorker, most: number, at: number) {
    this.worker = worker;
    this.#most = most;
    this.#at = at;
  }

  /** Checks whether the worker can execute one more task at once. */
  get canOpen(): boolean {
    return this.#canTake && this.worker.queue.hasFreeStrand;
  }

  /** Checks whether one more task can wait behind others. */
  get canAdd(): boolean {
    return this.#canTake && this.worker.queue.hasRoomBehind;
  }

  /** Accepts no more tasks. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Checks whether a task can be placed on a strand of its own. A separate task must be the only one in the
   * message.
   */
  accepts(task: QueuedTask): boolean {
    return this.tasks.length === 0 || !task.isSeparate;
  }

  /** Places a task on a strand of its own. */
  open(task: QueuedTask): void {
    this.worker.queue.open(task, this.#at);
    this.tasks.push(task);
    // A separate task, such as one that moves objects, is sent alone.
    if (task.isSeparate) this.close();
  }

  /**
   * Places the next task of a source behind others; returns `false` if there is no task, or no room for it.
   */
  addFrom(source: SourceQueue): boolean {
    const strand = this.worker.queue.strandFor(source, this.#at);
    const task = strand && source.take(acceptsNone);
    if (strand === undefined || task === undefined) return false;
    this.worker.queue.add(task, strand);
    this.tasks.push(task);
    return true;
  }

  get #canTake(): boolean {
    return !this.#isClosed && this.tasks.length < this.#most;
  }
}

/** Refuses every task that needs a strand of its own, as none of them may wait behind others. */
function acceptsNone(): boolean {
  return false;
}
