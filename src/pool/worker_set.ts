// The workers of a pool, and their totals. `WorkerPool` decides when they are started and ended.

import { ZombieThreads } from "./zombie_threads.ts";
import { PoolWorker, type PoolWorkerEvents, type WorkerLimits } from "./pool_worker.ts";
import type { QueuedTask } from "./queued_task.ts";
import { StartPause } from "./start_pause.ts";
import type { PoolStats } from "./task.ts";
import type { StartHandle } from "./worker_handle.ts";

/**
 * The workers of a pool: live ones, retired ones that still execute tasks, and dead ones whose threads still
 * run.
 */
export class WorkerSet {
  /** Workers that are starting or accept tasks. */
  readonly live = new Set<PoolWorker>();
  /** Workers that get no more tasks, and still execute some. */
  readonly retired = new Set<PoolWorker>();
  /** Workers for single isolated tasks. */
  readonly alone = new Set<PoolWorker>();
  /** Workers that were terminated, and whose threads still run. */
  readonly lost: ZombieThreads;
  /** Begins as a worker does not start while others serve. */
  readonly pause: StartPause;
  readonly #limits: WorkerSetLimits;
  readonly #ofEach: WorkerLimits;
  readonly #start: StartHandle;
  readonly #events: PoolWorkerEvents;
  /** All workers that may hold tasks, by their indices. */
  readonly #byIndex: (PoolWorker | undefined)[] = [];
  #all: readonly PoolWorker[] = [];
  #started = 0;
  #hasSpared = false;

  /**
   * @param limits The limits on all workers together.
   * @param ofEach The limits on each worker.
   * @param start Starts a thread, or a worker of another kind.
   * @param resumed Called when workers may be started again, some time after one did not start.
   * @param events Called with the events of the workers.
   */
  constructor(
    limits: WorkerSetLimits,
    ofEach: WorkerLimits,
    start: StartHandle,
    resumed: () => void,
    events: PoolWorkerEvents,
  ) {
    this.#limits = limits;
    this.#ofEach = ofEach;
    this.#start = start;
    this.#events = events;
    this.lost = new ZombieThreads(limits.maxLost);
    this.pause = new StartPause(() => {
      this.lost.release();
      resumed();
    });
  }

  /** Returns a snapshot of all workers that may hold tasks. */
  all(): readonly PoolWorker[] {
    return this.#all;
  }

  /** Returns the worker that has a task, if there is one. */
  of({ strand }: QueuedTask): PoolWorker | undefined {
    return strand && this.#byIndex[strand.worker];
  }

  /** Checks whether another worker may be started. */
  get mayStart(): boolean {
    const { maxWorkers, maxLost } = this.#limits;
    // Retired workers are replaced while they finish their tasks, but their number is bounded.
    return this.live.size < maxWorkers && this.retired.size < maxWorkers + maxLost &&
      !this.lost.isFull && !this.#isPausing;
  }

  /**
   * Checks whether another worker may be started without the end of a live one: after a pause, or when a
   * thread or a retired worker has ended.
   */
  get mayStartSoon(): boolean {
    return this.live.size < this.maxWorkers && !this.lost.isFullForGood;
  }

  /** Resolves when a thread has ended or is known never to end, or when a pause is over. */
  change(): Promise<void> {
    return this.lost.change();
  }

  /** The maximum number of live workers. */
  get maxWorkers(): number {
    return this.#limits.maxWorkers;
  }

  /** Checks whether another worker may be started once this one is given nothing more. */
  mayReplace(worker: PoolWorker): boolean {
    const { maxWorkers, maxLost } = this.#limits;
    // An idle worker ends at once.
    return !worker.isBusy || this.retired.size + 1 < maxWorkers + maxLost;
  }

  /** Checks whether no task can be executed any more. */
  get isSpent(): boolean {
    return this.live.size === 0 && this.lost.isFullForGood;
  }

  /** Checks whether a worker accepts tasks. */
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

  /** The number of further activations that may execute. */
  get permits(): number {
    let permits = this.#limits.concurrency;
    for (const { queue } of this.#all) permits -= queue.busyStrands;
    return permits;
  }

  /** The number of activations that could execute at once. */
  get width(): number {
    const workers = this.lost.isFullForGood ? this.live.size : this.#limits.maxWorkers;
    return Math.min(this.#limits.concurrency, workers * this.#ofEach.strands);
  }

  /** Number of further activations that could execute at once, also in workers that are to be started. */
  get vacancies(): number {
    let vacancies = this.width;
    for (const { queue } of this.#all) vacancies -= queue.busyStrands;
    return Math.max(0, vacancies);
  }

  /**
   * Returns the workers that may get tasks: idle workers first, and among equals the one that was used last,
   * so that the others can time out.
   *
   * @param ready The number of tasks that wait for a worker.
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
   * @param wanted The number of workers that could be used.
   */
  startUpTo(wanted: number): void {
    // A retired worker with a single strand still uses up one unit of the `concurrency`.
    const retired = this.#ofEach.strands === 1 ? this.retired.size : 0;
    const more = Math.min(wanted, this.#limits.concurrency) - this.live.size - retired;
    for (let i = 0; i < more && this.mayStart; i++) this.start();
  }

  /** Starts workers for isolated tasks. */
  startAloneUpTo(wanted: number): void {
    const most = Math.min(wanted, this.#limits.maxWorkers);
    while (this.alone.size < most && !this.lost.isFull && !this.#isPausing) this.#add(this.alone);
  }

  /** Starts a worker. */
  start(): PoolWorker {
    return this.#add(this.live);
  }

  /** Checks whether workers are not started for a while, as others serve. */
  get #isPausing(): boolean {
    return this.pause.isOn && this.isServed;
  }

  #add(workers: Set<PoolWorker>): PoolWorker {
    const free = this.#byIndex.indexOf(undefined);
    const index = free < 0 ? this.#byIndex.length : free;
    const id = `w${++this.#started}`;
    const worker = new PoolWorker(id, index, this.#ofEach, this.#start, this.#events);
    this.#byIndex[index] = worker;
    workers.add(worker);
    this.#changed();
    return worker;
  }

  #changed(): void {
    this.#all = [...this.live, ...this.alone, ...this.retired];
  }

  /** Called when a worker has done something for the first time: others can be started as well. */
  resume(): void {
    this.#hasSpared = false;
    this.pause.end();
    this.lost.release();
  }

  /**
   * Called when a worker that was ready has ended before it had done anything. Returns `true` for the first
   * such worker since another one has done something.
   */
  spare(): boolean {
    if (this.#hasSpared) return false;
    return this.#hasSpared = true;
  }

  /** Called when a worker gets no more tasks. */
  retire(worker: PoolWorker): void {
    this.live.delete(worker);
    this.alone.delete(worker);
    this.retired.add(worker);
    this.#changed();
  }

  /** Called when a worker has ended, and its thread is about to end. */
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

/** The limits on all workers of a pool together. */
export interface WorkerSetLimits {
  readonly maxWorkers: number;
  readonly concurrency: number;
  readonly maxLost: number;
  readonly maxActivations: number;
}
