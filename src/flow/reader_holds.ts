import { hasEnded, type Job } from "../engine/job.ts";
import type { Pool } from "../pool/task.ts";
import type { EventFeed } from "./event_feed.ts";

/** An activation that waits for a reader. */
interface Waiter {
  readonly job: Job;
  readonly goOn: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Makes activations that flush wait while a reader with `whenFull: "wait"` is behind. No activation begins
 * then, so the flushes must not wait for anything but the reader.
 */
export class ReaderHolds {
  readonly #feed: EventFeed;
  readonly #pool: Pool;
  /** The waiting activations, by task. */
  readonly #waiting = new Map<object, Waiter>();
  /** The reason for which no activation may wait any more, once the flow is closed. */
  #closedBy: Error | undefined;

  /**
   * @param feed The feed of the readers.
   * @param pool The pool that executes the waiting activations.
   */
  constructor(feed: EventFeed, pool: Pool) {
    this.#feed = feed;
    this.#pool = pool;
  }

  /**
   * Resolves when no reader is too far behind for an activation to go on. The waiting activation occupies a
   * strand meanwhile, so it does not wait if the pool would have no other one left.
   *
   * @param task The task of the activation.
   * @param job Its job.
   */
  async whenCapacity(task: object, job: Job): Promise<void> {
    // The task may have waited before, in a worker that was lost.
    this.leave(task);
    if (!this.#mustWait(job)) return;
    if (this.#closedBy !== undefined) throw this.#closedBy;
    using hold = this.#pool.hold();
    if (hold === undefined) return;
    await new Promise<void>((goOn, refuse) => this.#waiting.set(task, { job, goOn, refuse }));
  }

  /** Ends the wait of an activation that has ended. */
  leave(task: object): void {
    if (this.#waiting.size === 0) return;
    this.#waiting.get(task)?.goOn();
    this.#waiting.delete(task);
  }

  /** Resumes activations that need not wait any more, because a reader has caught up or their job stops. */
  release(): void {
    for (const [task, { job, goOn }] of this.#waiting) {
      if (this.#mustWait(job)) continue;
      this.#waiting.delete(task);
      goOn();
    }
  }

  /** Rejects all current and future waits. */
  close(reason: Error): void {
    this.#closedBy = reason;
    for (const { refuse } of this.#waiting.values()) refuse(reason);
    this.#waiting.clear();
  }

  #mustWait(job: Job): boolean {
    if (job.stopping !== undefined || hasEnded(job)) return false;
    return this.#feed.isHolding || this.#feed.isHoldingJob(job.jobId);
  }
}
