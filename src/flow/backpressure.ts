import { after, clearTimer, type Timer } from "../data/timer.ts";
import type { Job } from "../engine/job.ts";
import { QueueFullError } from "../errors/queue_full_error.ts";
import type { Pool } from "../pool/task.ts";

/** How many activations may be queued. */
export interface QueueLimits {
  /** Above so many in a job, those who emit wait. */
  readonly highWaterMark: number;
  /** So many at most in a job. */
  readonly maxQueuedPerJob: number;
  /** So many at most in all jobs of the flow together. */
  readonly maxQueued: number;
}

/** One who waits. */
interface Waiter {
  readonly goOn: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Keeps queues from growing without end: lets those who emit wait, and refuses what is too much. */
export class Backpressure {
  readonly #limits: QueueLimits;
  readonly #concurrency: number;
  readonly #pool: Pool;
  readonly #queued: () => number;
  /** By what is executed. */
  readonly #emitters = new Map<object, Waiter & { readonly job: Job }>();
  readonly #starters = new Set<Waiter>();
  #nextLook: Timer | undefined;
  /** Why nobody can go on any more, if so. */
  #closedBy: Error | undefined;

  /**
   * @param limits How many activations may be queued.
   * @param concurrency The most activations of the flow that can execute at once.
   * @param pool The pool that they are of.
   * @param queued Tells how many are queued in all jobs together.
   */
  constructor(limits: QueueLimits, concurrency: number, pool: Pool, queued: () => number) {
    this.#limits = limits;
    this.#concurrency = concurrency;
    this.#pool = pool;
    this.#queued = queued;
  }

  /**
   * Refuses what would be too much for a job.
   *
   * @throws {QueueFullError} If it would.
   */
  check({ jobId, flowId, queued }: Job, more: number): void {
    const { maxQueuedPerJob } = this.#limits;
    if (more === 0 || queued + more <= maxQueuedPerJob) return;
    throw new QueueFullError(
      `job "${jobId}" has ${queued} activations queued, and ${more} more would exceed its maxQueuedPerJob of ${maxQueuedPerJob}; await ctx.emit or ctx.flush, or allow more`,
      { flowId, jobId },
    );
  }

  /**
   * Refuses another job.
   *
   * @throws {QueueFullError} If the flow has too much to do.
   */
  checkFlow(flowId: string): void {
    const queued = this.#queued();
    if (queued < this.#limits.maxQueued) return;
    throw new QueueFullError(
      `flow "${flowId}" has ${queued} activations queued, as many as its maxQueued allows; await flow.room() first, or allow more`,
      { flowId },
    );
  }

  /** Whether the flow can take another job. */
  get hasRoomForJob(): boolean {
    return this.#queued() < this.#limits.maxQueued;
  }

  /**
   * Resolves when the flow can take another job.
   *
   * @param signal Ends the wait, with its reason.
   */
  async roomForJob(signal?: AbortSignal): Promise<void> {
    while (!this.hasRoomForJob) {
      signal?.throwIfAborted();
      if (this.#closedBy !== undefined) throw this.#closedBy;
      const { promise, resolve: goOn, reject: refuse } = Promise.withResolvers<void>();
      const starter = { goOn, refuse };
      const onAbort = () => {
        this.#starters.delete(starter);
        refuse(signal?.reason);
      };
      this.#starters.add(starter);
      signal?.addEventListener("abort", onAbort);
      try {
        await promise;
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    }
  }

  /**
   * Resolves when a job has few enough activations queued for an activation of it to go on emitting. As
   * that one holds its worker meanwhile, it does not wait if no other worker would be left.
   *
   * @param emitter What executes the activation.
   * @param job Its job.
   */
  async roomToEmit(emitter: object, job: Job): Promise<void> {
    // It may have waited before, in a worker that is lost.
    this.leave(emitter);
    if (!this.#isFull(job) || this.#emitters.size + 1 >= this.#concurrency) return;
    if (this.#closedBy !== undefined) throw this.#closedBy;
    using hold = this.#pool.hold();
    if (hold !== undefined) {
      await new Promise<void>((goOn, refuse) => this.#emitters.set(emitter, { job, goOn, refuse }));
    }
  }

  /** An activation has ended, and waits for nothing any more. */
  leave(emitter: object): void {
    if (this.#emitters.size === 0) return;
    this.#emitters.get(emitter)?.goOn();
    this.#emitters.delete(emitter);
  }

  /** Lets those go on who have room now. */
  release(): void {
    for (const [emitter, { job, goOn }] of this.#emitters) {
      if (this.#isFull(job)) continue;
      this.#emitters.delete(emitter);
      goOn();
    }
    // Each is about to start a job, so no more go on than there is room for.
    let room = this.#limits.maxQueued - this.#queued();
    if (room <= 0) return;
    for (const starter of this.#starters) {
      if (room-- <= 0) return this.#lookAgain();
      this.#starters.delete(starter);
      starter.goOn();
    }
  }

  /** Refuses those who wait and those to come. */
  close(reason: Error): void {
    this.#closedBy = reason;
    clearTimer(this.#nextLook);
    for (const { refuse } of [...this.#emitters.values(), ...this.#starters]) refuse(reason);
    this.#emitters.clear();
    this.#starters.clear();
  }

  /** One that goes on may start no job after all: its room is for the next in line. */
  #lookAgain(): void {
    this.#nextLook ??= after(0, () => {
      this.#nextLook = undefined;
      this.release();
    });
  }

  #isFull({ queued, stopping }: Job): boolean {
    return stopping === undefined && queued > this.#limits.highWaterMark;
  }
}
