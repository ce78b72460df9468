import { hasEnded, type Job } from "../engine/job.ts";
import type { Pool } from "../pool/task.ts";
import type { EventFeed } from "./event_feed.ts";

/** An activation that waits. */
interface Waiter {
  readonly job: Job;
  readonly goOn: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Lets activations that flush wait while a reader that the flow is to wait for is behind. Nothing new
 * begins then either, so they must not wait for anything but the reader.
 */
export class ReaderHolds {
  readonly #feed: EventFeed;
  readonly #pool: Pool;
  /** By what is executed. */
  readonly #waiting = new Map<object, Waiter>();
  /** Why nobody can go on any more, if so. */
  #closedBy: Error | undefined;

  /**
   * @param feed Where the readers are.
   * @param pool The pool whose workers those that wait hold.
   */
  constructor(feed: EventFeed, pool: Pool) {
    this.#feed = feed;
    this.#pool = pool;
  }

  /**
   * Resolves when no reader is too far behind for an activation to go on. As that one holds its worker
   * meanwhile, it does not wait if the pool would have no other left.
   *
   * @param task What executes the activation.
   * @param job Its job.
   */
  async whenCapacity(task: object, job: Job): Promise<void> {
    // It may have waited before, in a worker that is lost.
    this.leave(task);
    if (!this.#mustWait(job)) return;
    if (this.#closedBy !== undefined) throw this.#closedBy;
    using hold = this.#pool.hold();
    if (hold === undefined) return;
    await new Promise<void>((goOn, refuse) => this.#waiting.set(task, { job, goOn, refuse }));
  }

  /** An activation has ended, and waits for nothing any more. */
  leave(task: object): void {
    if (this.#waiting.size === 0) return;
    this.#waiting.get(task)?.goOn();
    this.#waiting.delete(task);
  }

  /** Lets those go on that need not wait any more: a reader has caught up, or their job stops. */
  release(): void {
    for (const [task, { job, goOn }] of this.#waiting) {
      if (this.#mustWait(job)) continue;
      this.#waiting.delete(task);
      goOn();
    }
  }

  /** Refuses those that wait and those to come. */
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
