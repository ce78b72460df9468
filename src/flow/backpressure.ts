import { onAbort } from "../data/abort_listeners.ts";
import { Fifo } from "../data/fifo.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import type { Job } from "../engine/job.ts";
import { QueueFullError } from "../errors/worker_errors.ts";
import type { Pool } from "../pool/task.ts";

/** Limits on the number of queued activations. */
export interface QueueLimits {
  /** The number of queued activations in a job above which emits wait. */
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
  /** By job, and what is executed of it. */
  readonly #emitters = new Map<Job, Map<object, Waiter>>();
  /** Their number. */
  #waiting = 0;
  readonly #starters = new Fifo<Waiter>();
  #nextLook: TimerId | undefined;
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
      `flow "${flowId}" has ${queued} activations queued, as many as its maxQueued allows; await flow.whenCapacity() first, or allow more`,
      { flowId },
    );
  }

  /** Checks whether the flow can take another job. */
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
      this.#starters.push(starter);
      const release = onAbort(signal, () => {
        this.#starters.remove(starter);
        refuse(signal?.reason);
      });
      try {
        await promise;
      } finally {
        release();
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
    this.leave(emitter, job);
    if (!this.#isFull(job) || this.#waiting + 1 >= this.#concurrency) return;
    if (this.#closedBy !== undefined) throw this.#closedBy;
    using hold = this.#pool.hold();
    if (hold !== undefined) {
      await new Promise<void>((goOn, refuse) => {
        const own = this.#emitters.getOrInsertComputed(job, () => new Map());
        own.set(emitter, { goOn, refuse });
        this.#waiting++;
      });
    }
  }

  /** An activation has ended, and waits for nothing any more. */
  leave(emitter: object, job: Job): void {
    const own = this.#emitters.get(job);
    const waiter = own?.get(emitter);
    if (own === undefined || waiter === undefined) return;
    own.delete(emitter);
    if (own.size === 0) this.#emitters.delete(job);
    this.#waiting--;
    waiter.goOn();
  }

  /** Something happened to a job: lets those go on who have room now. */
  release(job: Job): void {
    const own = this.#emitters.get(job);
    if (own !== undefined && !this.#isFull(job)) this.#releaseAll(job, own);
    this.#letStart();
  }

  /** Lets all activations go on that wait for room. */
  releaseEmitters(): void {
    for (const [job, own] of [...this.#emitters]) this.#releaseAll(job, own);
  }

  #releaseAll(job: Job, own: ReadonlyMap<object, Waiter>): void {
    this.#emitters.delete(job);
    this.#waiting -= own.size;
    for (const { goOn } of own.values()) goOn();
  }

  /** Lets those go on who are about to start a job: no more than there is room for. */
  #letStart(): void {
    if (this.#starters.size === 0 || !this.hasRoomForJob) return;
    const room = Math.min(this.#limits.maxQueued - this.#queued(), this.#starters.size);
    for (let i = 0; i < room; i++) this.#starters.shift()?.goOn();
    if (this.#starters.size > 0) this.#lookAgain();
  }

  /** Refuses those who wait and those to come. */
  close(reason: Error): void {
    this.#closedBy = reason;
    clearTimer(this.#nextLook);
    const emitters = [...this.#emitters.values()].flatMap((own) => [...own.values()]);
    for (const { refuse } of [...emitters, ...this.#starters.drain()]) refuse(reason);
    this.#emitters.clear();
    this.#waiting = 0;
  }

  /** One that goes on may start no job after all: its room is for the next in line. */
  #lookAgain(): void {
    this.#nextLook ??= after(0, () => {
      this.#nextLook = undefined;
      this.#letStart();
    });
  }

  #isFull({ queued, stopping }: Job): boolean {
    return stopping === undefined && queued > this.#limits.highWaterMark;
  }
}
