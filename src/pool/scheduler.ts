// Decides which worker gets which task. The pool calls `feed` after every change: a source has tasks, a
// worker has become free, or a worker does not progress.

import { BatchBuilder } from "./batch_builder.ts";
import { BoundTable } from "./bound.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { QueuedTask } from "./queued_task.ts";
import { SourceList } from "./source_list.ts";
import { giveBack, SourceQueue } from "./source_queue.ts";
import type { TaskSource } from "./task.ts";
import type { TaskTable } from "./task_table.ts";

/**
 * The maximum number of tasks in one message, so that a worker receives the next message while it executes
 * one.
 */
const MAX_BATCH = 256;

/** Distributes the tasks of the sources, which take turns, evenly over the workers. */
export class Scheduler {
  /** The pool's records of the routines. */
  readonly bounds: BoundTable;
  readonly #limits: SchedulerLimits;
  readonly #report: (error: unknown) => void;
  readonly #tasks: TaskTable;
  readonly #sources = new SourceList();
  /** The sources that missed their turn because their next task needed a worker that was not available. */
  readonly #owed = new Set<SourceQueue>();

  /**
   * @param limits The limits.
   * @param tasks The table of the tasks that the pool has.
   * @param onUnused Called with the number of a binding that is no longer used.
   * @param report Called with the errors that sources throw.
   */
  constructor(
    limits: SchedulerLimits,
    tasks: TaskTable,
    onUnused: (binding: number) => void,
    report: (error: unknown) => void,
  ) {
    this.#limits = limits;
    this.#tasks = tasks;
    this.#report = report;
    this.bounds = new BoundTable(onUnused);
  }

  /** The number of tasks that wait for a worker. */
  get ready(): number {
    let ready = 0;
    for (const source of this.#sources.active) ready += source.ready;
    return ready;
  }

  /** The number of workers that the sources could use. */
  get wanted(): number {
    let wanted = 0;
    for (const source of this.#sources.active) wanted += source.wanted;
    return wanted;
  }

  attach(source: TaskSource): void {
    this.#sources.attach(
      source,
      () => new SourceQueue(source, this.bounds, this.#tasks, this.#report),
    );
  }

  detach(source: TaskSource): void {
    const queue = this.#sources.detach(source);
    if (queue !== undefined) this.#owed.delete(queue);
  }

  /** Called when a source has tasks; without a source, any of them may have tasks. */
  wake(source: TaskSource | undefined): void {
    this.#sources.wake(source);
  }

  /** Deactivates sources without tasks. */
  rest(): void {
    this.#sources.rest();
  }

  /** Closes all sources, from which no more tasks are taken. */
  close(error: Error): void {
    for (const queue of this.#sources.all()) queue.fail(error);
  }

  /**
   * Gives ready tasks to workers.
   *
   * @param workers The workers that may get tasks, in order of preference.
   * @param permits The number of further strands that may be used, in all workers together.
   * @param at The time, in milliseconds of the monotonic clock.
   * @returns `true` if a worker got a task.
   */
  feed(workers: readonly PoolWorker[], permits: number, at: number): boolean {
    const share = Math.min(Math.ceil(this.ready / workers.length), MAX_BATCH);
    const builders = workers.map((worker) => {
      const most = Math.min(share, this.#limits.maxActivations - worker.given);
      return new BatchBuilder(worker, most, at);
    });
    this.#open(builders, permits);
    this.#add(builders);
    let hasGiven = false;
    for (const { worker, tasks } of builders) {
      if (tasks.length === 0) continue;
      worker.give(tasks);
      hasGiven = true;
    }
    return hasGiven;
  }

  /** The number of sources with an isolated task. */
  get isolated(): number {
    let isolated = 0;
    for (const { hasIsolated } of this.#sources.active) if (hasIsolated) isolated++;
    return isolated;
  }

  /** Gives the next isolated task to a worker of its own. */
  feedAlone(worker: PoolWorker, at: number): boolean {
    const queue = this.#sources.active.find(({ hasIsolated }) => hasIsolated);
    const task = queue?.takeIsolated();
    if (queue === undefined || task === undefined) return false;
    // The next isolated task comes from another source, if another has one.
    this.#sources.putLast(queue);
    const builder = new BatchBuilder(worker, 1, at);
    builder.open(task);
    // The worker does not count for the `maxWorkers` of the source.
    queue.retire(worker.index);
    worker.give(builder.tasks);
    return true;
  }

  /** Called when a worker gets no more tasks. */
  retire(worker: PoolWorker): void {
    // Sources that are not active have no tasks at any worker.
    for (const queue of this.#sources.active) queue.retire(worker.index);
  }

  /** Revokes half of the waiting tasks of the worker that has the most of them, for a worker that is idle. */
  steal(workers: Iterable<PoolWorker>): boolean {
    let fullest: PoolWorker | undefined;
    let most = 0;
    for (const worker of workers) {
      const waiting = worker.queue.size - worker.queue.busyStrands;
      if (waiting <= most) continue;
      fullest = worker;
      most = waiting;
    }
    const stolen = fullest?.steal(Math.ceil(most / 2)) ?? [];
    giveBack(stolen);
    return stolen.length > 0;
  }

  /** Fails the next task. */
  failNext(error: Error): boolean {
    const task = this.#next((queue) => queue.take(() => true) ?? queue.takeIsolated());
    task?.fail(error);
    return task !== undefined;
  }

  /** Fails all tasks that are ready. */
  failWaiting(error: Error): void {
    for (const queue of this.#sources.active) {
      for (const task of queue.drain()) task.fail(error);
    }
    // Bounded by the current number, as a source may create another task when one ends.
    for (let left = this.ready; left > 0 && this.failNext(error); left--);
  }

  /** Places tasks on free strands, each on the worker with the fewest busy strands. */
  #open(builders: readonly BatchBuilder[], permits: number): void {
    const open = new Set(builders.filter((builder) => builder.canOpen));
    for (let left = permits; left > 0 && open.size > 0;) {
      let builder: BatchBuilder | undefined;
      for (const one of open) {
        const isBetter = builder === undefined ||
          one.worker.queue.busyStrands < builder.worker.queue.busyStrands;
        if (isBetter) builder = one;
      }
      const { worker } = builder as BatchBuilder;
      const task = this.#nextToOpen(builder as BatchBuilder);
      if (task === undefined) {
        // Another worker may accept a task, as the limits of the sources can exclude single workers.
        open.delete(builder as BatchBuilder);
        continue;
      }
      left--;
      builder?.open(task);
      if (builder?.canOpen === false || !worker.queue.hasFreeStrand) {
        open.delete(builder as BatchBuilder);
      }
    }
  }

  /** Places tasks behind others, one by one in turn over the workers, so that tasks begin in their order. */
  #add(builders: readonly BatchBuilder[]): void {
    // A separate task waits for a free strand, which only becomes available if no tasks are placed behind
    // others.
    if (this.#sources.active.some(({ selective }) => selective !== undefined)) return;
    for (let isOpen = true; isOpen;) {
      isOpen = false;
      for (const builder of builders) {
        if (!builder.canAdd) continue;
        if (this.#addTo(builder)) isOpen = true;
        else builder.close();
      }
    }
  }

  #addTo(builder: BatchBuilder): boolean {
    for (let i = this.#sources.active.length; i > 0; i--) {
      const queue = this.#sources.next();
      if (builder.addFrom(queue)) return true;
      if (queue.selective !== undefined) this.#owed.add(queue);
    }
    return false;
  }

  #nextToOpen(builder: BatchBuilder): QueuedTask | undefined {
    const { index } = builder.worker;
    return this.#next((queue) =>
      queue.mayOpen(index) ? queue.take((task) => builder.accepts(task)) : undefined
    );
  }

  /** Takes the next task: first from the sources that missed a turn, then from the sources in turn. */
  #next(take: (queue: SourceQueue) => QueuedTask | undefined): QueuedTask | undefined {
    for (const queue of this.#owed) {
      const task = take(queue);
      if (task !== undefined || queue.selective === undefined) this.#owed.delete(queue);
      if (task !== undefined) return task;
    }
    for (let i = this.#sources.active.length; i > 0; i--) {
      const queue = this.#sources.next();
      const task = take(queue);
      if (task !== undefined) return task;
      if (queue.selective !== undefined) this.#owed.add(queue);
    }
    return undefined;
  }
}

/** The limits of a scheduler. */
export interface SchedulerLimits {
  /** The maximum number of activations that execute at once, in all workers together. */
  readonly concurrency: number;
  /** The maximum number of activations that a worker executes before it is replaced. */
  readonly maxActivations: number;
}
