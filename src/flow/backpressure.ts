// Limits the queues of a flow. `TaskDesk` makes flushes wait here, `JobIntake` makes starts wait, `JobCalls`
// refuses them, and `Feeds` asks for room.

import { onAbort } from "../data/on_abort.ts";
import { Fifo } from "../data/fifo.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import type { Engine } from "../engine/engine.ts";
import type { Gate } from "../engine/gate.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { QueueFullError } from "../errors/worker_errors.ts";
import type { Pool } from "../pool/task.ts";
import type { QueueMark } from "./high_water_mark.ts";
import { QueuedBytes } from "./queued_bytes.ts";

/**
 * Limits the queues of a flow: makes activations that emit too much wait, and refuses activations and jobs
 * beyond the limits.
 */
export class Backpressure {
  readonly #limits: QueueLimits;
  readonly #concurrency: number;
  readonly #pool: Pool;
  readonly #engine: Pick<Engine, "queued" | "limits">;
  readonly #bytes = new QueuedBytes();
  /** The waiting activations, by job and by task. */
  readonly #emitters = new Map<Job, Map<object, Emitter>>();
  /** The number of waiting activations. */
  #waiting = 0;
  /** The callers and the feeds that wait for room in the flow, in the order of their turns. */
  readonly #starters = new Fifo<Starter>();
  /** The number of these that are callers. */
  #callers = 0;
  /** The number of callers that were given room in this turn of the event loop, and have not started a job. */
  #offered = 0;
  #nextLook: TimerId | undefined;
  /** The reason for which no caller may wait any more, once the flow is closed. */
  #closedBy: Error | undefined;

  /**
   * @param limits The limits on queued activations.
   * @param concurrency The maximum number of activations of the flow that execute at once.
   * @param pool The pool that executes them.
   * @param engine The engine that queues the activations.
   */
  constructor(
    limits: QueueLimits,
    concurrency: number,
    pool: Pool,
    engine: Pick<Engine, "queued" | "limits">,
  ) {
    this.#limits = limits;
    this.#concurrency = concurrency;
    this.#pool = pool;
    this.#engine = engine;
  }

  /**
   * Refuses activations that would exceed the limit of a job.
   *
   * @throws {QueueFullError} If the job would exceed its limit.
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
   * Refuses another job if the flow has reached its limit.
   *
   * @throws {QueueFullError} If the flow has reached its limit.
   */
  checkFlow(flowId: string): void {
    const queued = this.#engine.queued;
    if (queued < this.#limits.maxQueued) {
      if (this.#offered > 0) this.#offered--;
      return;
    }
    throw new QueueFullError(
      `flow "${flowId}" has ${queued} activations queued, as many as its maxQueued allows; await flow.whenCapacity() first, or allow more`,
      { flowId },
    );
  }

  /**
   * Checks whether a job has room for an item of its feed. Half of `maxQueuedPerJob` is left to what its activations
   * emit, as they would fail beyond it, and a place of it to each that executes.
   *
   * @param job The job.
   * @param more The number of its items that are about to be queued.
   */
  hasRoomForItem(job: Job, more: number): boolean {
    const { highWaterMark, maxQueuedPerJob } = this.#limits;
    if (this.#isFull(job)) return false;
    const queued = job.queued + more;
    return queued < Math.max(1, Math.min(highWaterMark, maxQueuedPerJob / 2)) &&
      queued + job.executing < maxQueuedPerJob;
  }

  /** Checks whether the flow can take another job. */
  get hasRoomForJob(): boolean {
    return this.#engine.queued < this.#limits.maxQueued;
  }

  /**
   * Checks whether the flow has room for another item of a feed. It takes turns with the callers that wait. A
   * caller that was given room has until the next turn of the event loop to start its job.
   *
   * @param more The number of items of feeds that are about to be queued.
   * @param hasTurn `true` if it is the turn of the feed.
   */
  hasRoomInFlow(more: number, hasTurn: boolean): boolean {
    if (this.#callers > 0 && !hasTurn) return false;
    return this.#engine.queued + this.#offered + more < this.#limits.maxQueued;
  }

  /** Calls a function when it is the turn of a feed, or the flow is closed. */
  whenTurn(goOn: () => void): void {
    this.#starters.push({ goOn, refuse: goOn, isFeed: true });
    if (this.hasRoomForJob) this.#lookAgain();
  }

  /**
   * Resolves when the flow can take another job.
   *
   * @param signal Rejects with its reason when it aborts.
   */
  async roomForJob(signal?: AbortSignal): Promise<void> {
    if (this.hasRoomForJob) return this.#offer();
    while (!this.hasRoomForJob) {
      signal?.throwIfAborted();
      if (this.#closedBy !== undefined) throw this.#closedBy;
      const { promise, resolve: goOn, reject: refuse } = Promise.withResolvers<void>();
      const starter = { goOn, refuse, isFeed: false };
      this.#starters.push(starter);
      this.#callers++;
      const release = onAbort(signal, () => {
        if (this.#starters.remove(starter)) this.#callers--;
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
   * Resolves when a job is not full, so that one of its activations may emit more. The waiting activation occupies a
   * strand and a place of its limit meanwhile, so it does not wait if no other one would be left for those that could
   * make room.
   *
   * @param emitter The task of the activation.
   * @param job Its job.
   * @param live The activation.
   */
  async roomToEmit(emitter: object, job: Job, live: LiveActivation): Promise<void> {
    // The task may have waited before, in a worker that was lost.
    this.leave(emitter, job);
    if (!this.#isFull(job) || this.#waiting + 1 >= this.#concurrency) return;
    const gate = this.#engine.limits.placeOf(live)?.gate;
    if (gate?.isAwaited && this.#waitingAt(gate).length + 1 >= gate.limit.concurrency) return;
    if (this.#closedBy !== undefined) throw this.#closedBy;
    using hold = this.#pool.hold();
    if (hold !== undefined) {
      await new Promise<void>((goOn, refuse) => {
        const own = this.#emitters.getOrInsertComputed(job, () => new Map());
        own.set(emitter, { goOn, refuse, gate });
        this.#waiting++;
      });
    }
  }

  /** Ends the wait of an activation that has ended. */
  leave(emitter: object, job: Job): void {
    const own = this.#emitters.get(job);
    const waiter = own?.get(emitter);
    if (own === undefined || waiter === undefined) return;
    own.delete(emitter);
    if (own.size === 0) this.#emitters.delete(job);
    this.#waiting--;
    waiter.goOn();
  }

  /**
   * Called after JobEvents were applied to a job: resumes the waiting activations and callers for which there is room
   * now.
   */
  changed(job: Job, events: readonly JobEvent[]): void {
    this.#bytes.changed(job, events);
    this.release(job);
  }

  /** Called when a job was forgotten: resumes the waiting activations and callers for which there is room now. */
  release(job: Job): void {
    const own = this.#emitters.get(job);
    if (own !== undefined && !this.#isFull(job)) this.#releaseAll(job, own);
    this.#letStart();
  }

  /**
   * Called when an activation waits for a limit. If all places are those of activations that wait for room, one of them
   * goes on, as the other may be what has to make room.
   */
  parked(gate: Gate): void {
    if (this.#waiting === 0) return;
    const waiting = this.#waitingAt(gate);
    const [first] = waiting;
    if (first !== undefined && waiting.length >= gate.limit.concurrency) this.leave(...first);
  }

  /** Resumes all activations that wait for room. */
  releaseEmitters(): void {
    for (const [job, own] of [...this.#emitters]) this.#releaseAll(job, own);
  }

  /** Returns the activations with a place of a limit that wait for room, and their jobs. */
  #waitingAt(gate: Gate): [object, Job][] {
    if (gate.limit.concurrency === Infinity) return [];
    return [...this.#emitters].flatMap(([job, own]) =>
      [...own].flatMap(([emitter, one]): [object, Job][] =>
        one.gate === gate ? [[emitter, job]] : []
      )
    );
  }

  #releaseAll(job: Job, own: ReadonlyMap<object, Emitter>): void {
    this.#emitters.delete(job);
    this.#waiting -= own.size;
    for (const { goOn } of own.values()) goOn();
  }

  /** Resumes callers that wait to start a job, and feeds, as many as there is room for. */
  #letStart(): void {
    const starters = this.#starters;
    if (starters.size === 0) return;
    const room = this.#limits.maxQueued - this.#engine.queued - this.#offered;
    for (let i = Math.min(room, starters.size); i > 0; i--) {
      const next = starters.shift();
      if (next?.isFeed === false) {
        this.#callers--;
        this.#offer();
      }
      next?.goOn();
    }
    if (starters.size > 0 && this.hasRoomForJob) this.#lookAgain();
  }

  /** Leaves room for a caller until the next turn of the event loop. */
  #offer(): void {
    this.#offered++;
    this.#lookAgain();
  }

  /** Rejects all current and future waits. */
  close(reason: Error): void {
    this.#closedBy = reason;
    clearTimer(this.#nextLook);
    const emitters = [...this.#emitters.values()].flatMap((own) => [...own.values()]);
    for (const { refuse } of [...emitters, ...this.#starters.drain()]) refuse(reason);
    this.#emitters.clear();
    this.#waiting = 0;
    this.#callers = 0;
  }

  /** A caller that was resumed may not start a job after all, so its room is offered to the next one. */
  #lookAgain(): void {
    this.#nextLook ??= after(0, () => {
      this.#nextLook = undefined;
      this.#offered = 0;
      this.#letStart();
    });
  }

  /** Checks whether more is queued in a job than its high-water mark: too many activations, or too many bytes. */
  #isFull(job: Job): boolean {
    const { queued, stopping } = job;
    // A job that stops drops its queue.
    if (stopping !== undefined || queued === 0) return false;
    const { highWaterMark, highWaterBytes } = this.#limits;
    if (queued > highWaterMark) return true;
    return highWaterBytes < Infinity && this.#bytes.of(job) > highWaterBytes;
  }
}

/** Limits on queued activations. */
export interface QueueLimits extends QueueMark {
  /** The maximum number of queued activations of a job. */
  readonly maxQueuedPerJob: number;
  /** The maximum number of queued activations of all jobs of the flow together. */
  readonly maxQueued: number;
}

/** A caller that waits for room. */
interface Waiter {
  readonly goOn: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** A caller that waits to start a job, or a feed that waits to take an item. */
interface Starter extends Waiter {
  readonly isFeed: boolean;
}

/** An activation that waits. */
interface Emitter extends Waiter {
  /** The limit of which it has a place, if there is one. */
  readonly gate: Gate | undefined;
}
