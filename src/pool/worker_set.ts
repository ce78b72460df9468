// The workers of a pool, and what can be said of all of them together. `WorkerPool` starts them and lets
// them go.

import { ZombieThreads } from "./zombie_threads.ts";
import { PoolWorker, type PoolWorkerEvents, type WorkerLimits } from "./pool_worker.ts";
import type { QueuedTask } from "./queued_task.ts";
import type { PoolStats } from "./task.ts";

/** The limits on all workers of a pool together. */
export interface WorkerSetLimits {
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly maxLost: number;
  readonly maxActivations: number;
}

/** The workers of a pool: live ones, retired ones that still execute, and those whose threads are left. */
export class WorkerSet {
  /** Workers that are starting, or may be given tasks. */
  readonly live = new Set<PoolWorker>();
  /** Workers that are given nothing more, and still execute. */
  readonly retired = new Set<PoolWorker>();
  /** Workers that execute one task alone, or are about to. */
  readonly alone = new Set<PoolWorker>();
  /** Workers that have ended, and whose threads have not. */
  readonly lost: ZombieThreads;
  readonly #limits: WorkerSetLimits;
  readonly #ofEach: WorkerLimits;
  readonly #events: PoolWorkerEvents;
  /** All that may hold tasks, by their indices. */
  readonly #byIndex: (PoolWorker | undefined)[] = [];
  #all: readonly PoolWorker[] = [];
  #started = 0;

  /**
   * @param limits The limits on all together.
   * @param ofEach The limits on each.
   * @param events Called with their changes.
   */
  constructor(limits: WorkerSetLimits, ofEach: WorkerLimits, events: PoolWorkerEvents) {
    this.#limits = limits;
    this.#ofEach = ofEach;
    this.#events = events;
    this.lost = new ZombieThreads(limits.maxLost);
  }

  /** All that may hold tasks: those at one time, whatever becomes of them. */
  all(): readonly PoolWorker[] {
    return this.#all;
  }

  /** The worker that has a task, if one has it. */
  of({ strand }: QueuedTask): PoolWorker | undefined {
    return strand && this.#byIndex[strand.worker];
  }

  /** Checks whether another worker may be started. */
  get mayStart(): boolean {
    const { maxWorkers, maxLost } = this.#limits;
    // Those that retire may take their time, and are replaced meanwhile, but not without end.
    return this.live.size < maxWorkers && this.retired.size < maxWorkers + maxLost &&
      !this.lost.isFull;
  }

  /** Checks whether nothing can be executed any more. */
  get isSpent(): boolean {
    return this.live.size === 0 && this.lost.isFullForGood;
  }

  /** Checks whether a worker takes tasks. */
  get isServed(): boolean {
    return [...this.live].some((worker) => worker.isReady);
  }

  /** Checks whether a worker holds tasks. */
  get isBusy(): boolean {
    for (const worker of this.#all) if (worker.isBusy) return true;
    return false;
  }

  /** Checks whether a worker holds tasks that are not known to have been started. */
  get isUnclear(): boolean {
    for (const { queue } of this.#all) if (queue.isUnclear) return true;
    return false;
  }

  /** Checks whether tasks wait behind others. */
  get hasBehind(): boolean {
    for (const { queue } of this.#all) if (queue.hasBehind) return true;
    return false;
  }

  /** Number of further activations that may execute. */
  get permits(): number {
    let permits = this.#limits.concurrency;
    for (const { queue } of this.#all) permits -= queue.busyStrands;
    return permits;
  }

  /** Number of activations that could execute at once. */
  get width(): number {
    const workers = this.lost.isFullForGood ? this.live.size : this.#limits.maxWorkers;
    return Math.min(this.#limits.concurrency, workers * this.#ofEach.strands);
  }

  /**
   * The workers that may be given something: first those that have nothing to do, and of them the one
   * that was used last, so that others can be let go.
   *
   * @param ready The number of tasks that could be given to them.
   */
  takers(ready: number): PoolWorker[] {
    const share = Math.ceil(ready / this.live.size);
    const takers: PoolWorker[] = [];
    for (const worker of this.live) {
      const { isReady, isBlocked, given, queue } = worker;
      if (!isReady || isBlocked || given >= this.#limits.maxActivations) continue;
      if (queue.hasFreeStrand || queue.isLow(share)) takers.push(worker);
    }
    if (takers.length < 2) return takers;
    return takers.sort((a, b) =>
      a.queue.busyStrands - b.queue.busyStrands || b.queue.progressAt - a.queue.progressAt
    );
  }

  /** Checks whether a task that waits behind another could be executed at once. */
  get hasFreeStrand(): boolean {
    if (this.permits <= 0) return false;
    for (const { isReady, isBlocked, queue } of this.live) {
      if (isReady && !isBlocked && queue.hasFreeStrand) return true;
    }
    return false;
  }

  /**
   * Starts workers.
   *
   * @param wanted How many there is use for.
   */
  startUpTo(wanted: number): void {
    // One that executes a single activation at a time still counts for the limit while it retires.
    const retired = this.#ofEach.strands === 1 ? this.retired.size : 0;
    const more = Math.min(wanted, this.#limits.concurrency) - this.live.size - retired;
    for (let i = 0; i < more && this.mayStart; i++) this.start();
  }

  /** Starts workers for tasks that are to be executed alone. */
  startAloneUpTo(wanted: number): void {
    const most = Math.min(wanted, this.#limits.maxWorkers);
    while (this.alone.size < most && !this.lost.isFull) this.#add(this.alone);
  }

  /** Starts a worker. */
  start(): void {
    this.#add(this.live);
  }

  #add(workers: Set<PoolWorker>): void {
    const free = this.#byIndex.indexOf(undefined);
    const index = free < 0 ? this.#byIndex.length : free;
    const worker = new PoolWorker(`w${++this.#started}`, index, this.#ofEach, this.#events);
    this.#byIndex[index] = worker;
    workers.add(worker);
    this.#changed();
  }

  #changed(): void {
    this.#all = [...this.live, ...this.alone, ...this.retired];
  }

  /** A worker is given nothing more. */
  retire(worker: PoolWorker): void {
    this.live.delete(worker);
    this.alone.delete(worker);
    this.retired.add(worker);
    this.#changed();
  }

  /** A worker has ended, and its thread is about to. */
  end(worker: PoolWorker): void {
    this.live.delete(worker);
    this.alone.delete(worker);
    this.retired.delete(worker);
    this.#byIndex[worker.index] = undefined;
    this.lost.add(worker);
    this.#changed();
  }

  /** Counts the workers by state. `queued` is the number of tasks that wait for one. */
  stats(queued: number): PoolStats {
    const workers = this.#all;
    const numbers = {
      live: workers.length,
      ready: workers.filter((worker) => worker.isReady && !worker.isBusy).length,
      busy: workers.filter((worker) => worker.isBusy).length,
      lost: this.lost.size,
    };
    // An empty queue is left out of the JSON.
    return Object.defineProperty({ ...numbers, queued }, "toJSON", {
      value: () => queued > 0 ? { ...numbers, queued } : numbers,
    });
  }
}
