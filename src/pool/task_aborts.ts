// Aborts the tasks of one worker: at once if they have not begun, by their signal and the grace period if
// they have. Used by `PoolWorker`.

import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import { after } from "../data/timer.ts";
import type { Liveness } from "./liveness.ts";
import type { QueuedTask } from "./queued_task.ts";
import { RUNNING } from "../wire/shared_task_ring.ts";
import { didNotStop } from "./worker_errors.ts";
import type { WorkerInbox } from "./worker_inbox.ts";
import type { WorkerQueue } from "./worker_queue.ts";

/**
 * Stops single tasks of one worker:
 *
 * | the task          | outcome                                                                 |
 * | ----------------- | ----------------------------------------------------------------------- |
 * | is not started    | it is revoked, and ends with the reason                                 |
 * | is running        | its signal aborts; after the grace period it is checked again           |
 * | has ended by then | its own outcome, or the reason if the worker does not report it         |
 * | is still running  | it ends without its handler; the worker is replaced, at once if blocked |
 */
export class TaskAborts {
  readonly #worker: AbortingWorker;
  readonly #grace: number;

  /**
   * @param worker The worker.
   * @param grace The time that a handler has to end after its signal has aborted, in milliseconds.
   */
  constructor(worker: AbortingWorker, grace: number) {
    this.#worker = worker;
    this.#grace = grace;
  }

  /** Stops a task. */
  abort(held: QueuedTask, reason: unknown): void {
    const { id, queue, inbox } = this.#worker;
    if (this.#worker.revoke(held)) {
      // Deferred, as the caller may be changing state that the end of a task changes as well.
      microtask(() => {
        held.fail(reason, id);
        this.#worker.advanced();
      });
      return;
    }
    // The code of the source, called when its task begins, may have ended the task.
    if (held.abort !== undefined || held.isEnded) return;
    held.abort = { reason };
    const { number, stage } = held;
    if (queue.stateOf(held) === RUNNING) {
      inbox.post({ type: "abort", task: number, stage, reason: serializeError(reason) });
    }
    held.grace = after(this.#grace, () => void this.#check(held, number, reason));
  }

  async #check(held: QueuedTask, number: number, reason: unknown): Promise<void> {
    const { id, queue, liveness } = this.#worker;
    if (queue.get(number) !== held) return;
    // If the worker answers, the handler has received the abort, however short the grace period is.
    const answers = await liveness.check();
    if (queue.get(number) !== held) return;
    if (queue.stateOf(held) !== RUNNING) {
      // The handler has ended, but the worker is blocked and cannot report it.
      if (!answers) held.fail(reason, id);
      return;
    }
    const error = didNotStop(id, held, reason, this.#grace);
    if (answers) this.#worker.ignored(held, error);
    else this.#worker.blocked(held, error);
  }
}

/** The parts of a worker that are needed to stop its tasks. */
export interface AbortingWorker {
  readonly id: string;
  readonly queue: WorkerQueue;
  readonly inbox: WorkerInbox;
  readonly liveness: Liveness;
  /** Revokes a task whose handler was not called. */
  revoke(held: QueuedTask): boolean;
  /** Called when a strand has become free. */
  advanced(): void;
  /** Called when a task did not stop, although the worker answers. */
  ignored(held: QueuedTask, error: Error): void;
  /** Called when a task did not stop, and the worker does not answer. */
  blocked(held: QueuedTask, error: Error): void;
}
