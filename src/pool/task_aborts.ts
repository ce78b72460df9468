import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import { after } from "../data/timer.ts";
import type { Liveness } from "./liveness.ts";
import type { QueuedTask } from "./queued_task.ts";
import { RUNNING } from "../wire/task_ring.ts";
import { didNotStop } from "./worker_errors.ts";
import type { WorkerInbox } from "./worker_inbox.ts";
import type { WorkerQueue } from "./worker_queue.ts";

/** The parts of a worker that an abort needs. */
export interface AbortingWorker {
  readonly id: string;
  readonly queue: WorkerQueue;
  readonly inbox: WorkerInbox;
  readonly liveness: Liveness;
  /** Takes a task back whose handler was not called. */
  revoke(held: QueuedTask): boolean;
  /** A strand has become free. */
  advanced(): void;
  /** A task did not stop, though the worker answers. */
  ignored(held: QueuedTask, error: Error): void;
  /** A task did not stop, and the worker does not answer. */
  blocked(held: QueuedTask, error: Error): void;
}

/**
 * Stops tasks of one worker, each by itself:
 *
 * | the task is          | what happens                                                            |
 * | -------------------- | ----------------------------------------------------------------------- |
 * | not started          | it is revoked, and ends with the reason                                 |
 * | running              | its signal aborts; after the grace period it is looked at again         |
 * | ended by then        | it ends as it did, or with the reason if the worker does not report it  |
 * | running still        | it ends without its handler; the worker is replaced, at once if blocked |
 */
export class TaskAborts {
  readonly #worker: AbortingWorker;
  readonly #grace: number;

  /**
   * @param worker The worker.
   * @param grace Milliseconds that a handler has to end after its signal aborted.
   */
  constructor(worker: AbortingWorker, grace: number) {
    this.#worker = worker;
    this.#grace = grace;
  }

  /** Stops a task. */
  abort(held: QueuedTask, reason: unknown): void {
    const { id, queue, inbox } = this.#worker;
    if (this.#worker.revoke(held)) {
      // Later, as the caller may be in the midst of changing what the end of a task changes.
      microtask(() => {
        held.fail(reason, id);
        this.#worker.advanced();
      });
      return;
    }
    // What a source does as its task begins may have ended it.
    if (held.abort !== undefined || held.isEnded) return;
    held.abort = { reason };
    const { number } = held;
    if (queue.stateOf(held) === RUNNING) {
      inbox.post({ type: "abort", task: number, reason: serializeError(reason) });
    }
    held.grace = after(this.#grace, () => void this.#check(held, number, reason));
  }

  async #check(held: QueuedTask, number: number, reason: unknown): Promise<void> {
    const { id, queue, liveness } = this.#worker;
    if (queue.get(number) !== held) return;
    // The handler of a worker that answers has had its chance, however short the grace period is.
    const answers = await liveness.check();
    if (queue.get(number) !== held) return;
    if (queue.stateOf(held) !== RUNNING) {
      // It has ended, but what comes after it keeps the worker from reporting that.
      if (!answers) held.fail(reason, id);
      return;
    }
    const error = didNotStop(id, held, reason, this.#grace);
    if (answers) this.#worker.ignored(held, error);
    else this.#worker.blocked(held, error);
  }
}
