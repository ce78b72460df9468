// Decides which worker is given which task. The pool calls `feed` whenever something has changed: a
// source has tasks, a worker has become free or does not get on.

import { BatchBuilder } from "./batch_builder.ts";
import { BoundTable } from "./bound.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { QueuedTask } from "./queued_task.ts";
import { SourceList } from "./source_list.ts";
import { giveBack, SourceQueue } from "./source_queue.ts";
import type { TaskSource } from "./task.ts";
import type { TaskTable } from "./task_table.ts";

/** A message carries no more tasks than this, so that a worker has the next while one is executed. */
const MAX_BATCH = 256;

/** The limits that a scheduler has to respect. */
export interface SchedulerLimits {
  /** The most activations that execute at once, over all workers. */
  readonly concurrency: number;
  /** The most activations that a worker executes before it is replaced. */
  readonly maxActivations: number;
}

/** Chooses what each worker is given: from the sources by turns, and evenly over the workers. */
export class Scheduler {
  /** The pool's records of the routines. */
  readonly bounds: BoundTable;
  readonly #limits: SchedulerLimits;
  readonly #report: (error: unknown) => void;
  readonly #tasks: TaskTable;
  readonly #sources = new SourceList();
  /** The sources whose turn it was when their next task needed a worker that was not to be had. */
  readonly #owed = new Set<SourceQueue>();

  /**
   * @param limits The limits.
   * @param tasks Where the tasks that are taken are to be found.
   * @param onUnused Called with the number of a binding that nobody can use any more.
   * @param report Called with what the code of a source throws.
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

  /** The number of tasks to be given out. */
  get ready(): number {
    let ready = 0;
    for (const source of this.#sources.active) ready += source.ready;
    return ready;
  }

  /** The number of workers that there is use for. */
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

  /** A source has tasks; without one, any of them may have. */
  wake(source: TaskSource | undefined): void {
    this.#sources.wake(source);
  }

  /** Looks no more at sources that have nothing. */
  rest(): void {
    this.#sources.rest();
  }

  /** Takes nothing more from any source. */
  close(error: Error): void {
    for (const queue of this.#sources.all()) queue.fail(error);
  }

  /**
   * Gives workers what is ready.
   *
   * @param workers Those that may be given something, the best first.
   * @param permits How many more strands may be used, over all of them.
   * @param at The time, in milliseconds of the monotonic clock.
   * @returns Whether any was given something.
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

  /** The number of sources that have a task to be executed alone. */
  get isolated(): number {
    let isolated = 0;
    for (const { hasIsolated } of this.#sources.active) if (hasIsolated) isolated++;
    return isolated;
  }

  /** Gives a worker of its own the next task that is to be executed alone. */
  feedAlone(worker: PoolWorker, at: number): boolean {
    const queue = this.#sources.active.find(({ hasIsolated }) => hasIsolated);
    const task = queue?.takeIsolated();
    if (queue === undefined || task === undefined) return false;
    // The next comes from another source, if another has one.
    this.#sources.putLast(queue);
    const builder = new BatchBuilder(worker, 1, at);
    builder.open(task);
    // It is beside the workers that the source may use.
    queue.retire(worker.index);
    worker.give(builder.tasks);
    return true;
  }

  /** A worker is given nothing more. */
  retire(worker: PoolWorker): void {
    // Those that are not active have nothing at any worker.
    for (const queue of this.#sources.active) queue.retire(worker.index);
  }

  /** Takes back half of what waits at the worker with the most, for one that has nothing to do. */
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
    const task = this.#next((queue) => queue.take(() => true));
    task?.fail(error);
    return task !== undefined;
  }

  /** Fails all that is ready. */
  failWaiting(error: Error): void {
    for (const queue of this.#sources.active) {
      for (const task of queue.drain()) task.fail(error);
    }
    // No more than there were: what a source makes of an end may be ready at once.
    for (let left = this.ready; left > 0 && this.failNext(error); left--);
  }

  /** Places tasks on strands that have none: each on the worker that executes the least. */
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
        // Another may be used by a source that may not use this one.
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

  /** Places tasks behind others, dealt one by one, so that what comes first begins first. */
  #add(builders: readonly BatchBuilder[]): void {
    // What needs a strand of its own, or a worker, gets one only if those run empty.
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

  /** Takes the next task: from those that are owed a turn, then from the sources by turns. */
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
