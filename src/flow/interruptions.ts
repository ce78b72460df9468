// The attempts that an outage of the store has interrupted, to be executed again as the same attempts.
// `CommitLog` reports the outage by way of `FlowRunner`, `ActivationSource` takes them when it is over.

import { Fifo } from "../data/fifo.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Pool } from "../pool/task.ts";
import type { ActivationTask } from "./activation_task.ts";

/**
 * The attempts that wait until their flushed effects are stored. During a lasting outage of the store, they
 * would occupy workers that other flows need. They are therefore interrupted, and executed again as the same
 * attempts when the outage is over.
 */
export class Interruptions {
  readonly #pool: Pool;
  readonly #waiting = new Set<ActivationTask>();
  /** The tasks of interrupted attempts, which have to be executed again by other tasks. */
  readonly #interrupted = new Fifo<ActivationTask>();

  /** @param pool The pool that executes the attempts. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The number of attempts that have to be executed again. */
  get size(): number {
    return this.#interrupted.size;
  }

  /** Records that an attempt waits until its flushed effects are stored. */
  async whileWaiting(task: ActivationTask, stored: Promise<void>): Promise<void> {
    this.#waiting.add(task);
    try {
      await stored;
    } finally {
      this.#waiting.delete(task);
    }
  }

  /** Interrupts the waiting attempts. */
  interrupt(reason: Error): void {
    for (const task of [...this.#waiting]) {
      if (task.stopReason !== undefined) continue;
      task.stopReason = { type: "interrupt", error: serializeError(reason) };
      this.#pool.abort(task, reason);
    }
  }

  /** Adds an attempt that has ended because it was interrupted. */
  add(task: ActivationTask): void {
    this.#interrupted.push(task);
  }

  /** Puts an attempt that was taken, and has not begun, back to the front of the queue. */
  giveBack(task: ActivationTask): void {
    this.#interrupted.unshift(task);
  }

  /** Takes the next attempt that has to be executed again, and skips those that have ended meanwhile. */
  take(): ActivationTask | undefined {
    for (;;) {
      const next = this.#interrupted.shift();
      if (next === undefined || isStillExecuting(next)) return next;
    }
  }

  /** Removes the interrupted attempts of a job, and returns their activations. */
  drop(job: Job): LiveActivation[] {
    const dropped: LiveActivation[] = [];
    for (const task of this.#interrupted.drain()) {
      if (task.job !== job) this.#interrupted.push(task);
      else if (isStillExecuting(task)) dropped.push(task.live);
    }
    return dropped;
  }
}

function isStillExecuting({ live, attempt }: ActivationTask): boolean {
  return live.state === "executing" && live.attempt === attempt;
}
