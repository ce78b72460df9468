// A source of tasks as the pool serves it. All methods of a `TaskSource`, which belong to whoever made
// it, are called here and nowhere else, with whatever they throw caught. Used by the `Scheduler`.

import { Fifo } from "../data/fifo.ts";
import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { BoundTable } from "./bound.ts";
import { QueuedTask } from "./queued_task.ts";
import type { Strand } from "./strand.ts";
import type { Task, TaskSource } from "./task.ts";
import type { TaskTable } from "./task_table.ts";

/** The tasks of one source: those that workers gave back, then those that the source has. */
export class SourceQueue {
  readonly source: TaskSource;
  /** Where its tasks are to be found. */
  readonly tasks: TaskTable;
  /** Called with what the code of the source throws. */
  readonly report: (error: unknown) => void;
  /** `true` if the scheduler looks at it. */
  isActive = false;
  readonly #bounds: BoundTable;
  /** Taken from the source, and back from a worker: these come before all that the source has. */
  readonly #returned = new Fifo<QueuedTask>();
  /** Tasks that are to be executed alone. */
  readonly #isolated = new Fifo<QueuedTask>();
  /** The number of its tasks on each strand, by the id of the strand. */
  readonly #onStrand: number[] = [];
  /** The number of strands of each worker that have tasks of it, by the index of the worker. */
  readonly #onWorker: number[] = [];
  /** The indices of workers that are retired and still have tasks of it. */
  readonly #retired = new Set<number>();
  #isDetached = false;
  #strands = 0;
  #workers = 0;
  #placed = 0;
  #taken = 0;

  constructor(
    source: TaskSource,
    bounds: BoundTable,
    tasks: TaskTable,
    report: (error: unknown) => void,
  ) {
    this.source = source;
    this.report = report;
    this.#bounds = bounds;
    this.tasks = tasks;
  }

  /** The number of tasks that could be given to workers, as far as its limit allows. */
  get ready(): number {
    return this.#returned.size + this.#isolated.size +
      (this.#isDetached ? 0 : this.#read("ready", 0));
  }

  /** Checks whether a task is to be executed alone. */
  get hasIsolated(): boolean {
    return this.#isolated.size > 0 && this.#strands < this.#concurrency;
  }

  /** The next task, if it has been taken from the source and needs a strand that has no other. */
  get selective(): QueuedTask | undefined {
    const next = this.#returned.peek();
    return next?.isSeparate ? next : undefined;
  }

  /** The number of workers that there is use for: one for each task, up to its limits. */
  get wanted(): number {
    const most = Math.min(this.#read("maxWorkers", Infinity), this.#concurrency);
    return Math.min(this.ready - this.#isolated.size + this.#placed, most);
  }

  /** `true` if it has no task now, neither at a worker nor to be given out. */
  get isIdle(): boolean {
    return this.#placed === 0 && this.ready === 0;
  }

  /** Takes nothing more from the source. */
  detach(): void {
    this.#isDetached = true;
  }

  /** Tells the source that nothing more will be taken. */
  fail(error: Error): void {
    this.detach();
    try {
      this.source.fail(error);
    } catch (thrown) {
      this.report(thrown);
    }
  }

  /** Checks whether one more strand of a worker may execute its tasks. */
  mayOpen(worker: number): boolean {
    return this.#strands < this.#concurrency &&
      ((this.#onWorker[worker] ?? 0) > 0 || this.#workers < this.#read("maxWorkers", Infinity));
  }

  /** Checks whether its tasks may be placed on a strand, which executes others already. */
  mayUse(strand: Strand): boolean {
    return (this.#onStrand[strand.id] ?? 0) > 0 || this.mayOpen(strand.worker);
  }

  /**
   * Takes the next task.
   *
   * @param accepts Says of a task with needs whether it may be given now; one that may not stays.
   */
  take(accepts: (task: QueuedTask) => boolean): QueuedTask | undefined {
    const returned = this.#returned.peek();
    if (returned !== undefined) {
      return returned.isSeparate && !accepts(returned) ? undefined : this.#returned.shift();
    }
    for (;;) {
      const queued = this.#isDetached ? undefined : this.#wrap(this.#takeTask());
      if (queued === undefined) return undefined;
      if (queued === "failed") continue;
      if (!queued.isSeparate || accepts(queued)) return queued;
      this.#returned.push(queued);
      return undefined;
    }
  }

  /** Takes tasks back that no worker has executed, to give them to others in the order they had. */
  giveBack(tasks: readonly QueuedTask[]): void {
    const [alone = [], others = []] = [true, false].map((wanted) =>
      tasks.filter(({ isExclusive }) => isExclusive === wanted)
    );
    // They may come from several workers, one after the other, and in any order.
    if (alone.length > 0) merge(this.#isolated, alone);
    if (others.length > 0) merge(this.#returned, others);
  }

  /** Takes the next task that is to be executed alone. */
  takeIsolated(): QueuedTask | undefined {
    return this.hasIsolated ? this.#isolated.shift() : undefined;
  }

  /** Takes all that was given back, to end it. */
  drain(): QueuedTask[] {
    return [...this.#isolated.drain(), ...this.#returned.drain()];
  }

  /** Takes out a task that was given back. */
  remove(task: QueuedTask): boolean {
    return this.#returned.remove(task) || this.#isolated.remove(task);
  }

  /** A worker is given nothing more: what it still executes keeps no other worker from its tasks. */
  retire(worker: number): void {
    if ((this.#onWorker[worker] ?? 0) === 0) return;
    this.#retired.add(worker);
    this.#workers--;
  }

  /** A task has ended, or was revoked for good. */
  forget(task: QueuedTask): void {
    this.tasks.delete(task);
  }

  /** One of its tasks is placed on a strand. */
  place(strand: Strand): void {
    const count = this.#onStrand[strand.id] ?? 0;
    this.#onStrand[strand.id] = count + 1;
    this.#placed++;
    if (count > 0) return;
    this.#strands++;
    const strands = this.#onWorker[strand.worker] ?? 0;
    this.#onWorker[strand.worker] = strands + 1;
    if (strands === 0) this.#workers++;
  }

  /** One of its tasks has left a strand. */
  leave(strand: Strand): void {
    const count = (this.#onStrand[strand.id] as number) - 1;
    this.#onStrand[strand.id] = count;
    this.#placed--;
    if (count > 0) return;
    this.#strands--;
    const strands = (this.#onWorker[strand.worker] as number) - 1;
    this.#onWorker[strand.worker] = strands;
    if (strands === 0 && !this.#retired.delete(strand.worker)) this.#workers--;
  }

  get #concurrency(): number {
    return this.#read("concurrency", undefined) ?? this.#read("maxWorkers", Infinity);
  }

  #read<Key extends "ready" | "maxWorkers" | "concurrency", Default>(
    key: Key,
    instead: Default,
  ): TaskSource[Key] | Default {
    try {
      return this.source[key];
    } catch (error) {
      this.report(error);
      return instead;
    }
  }

  #takeTask(): Task | undefined {
    try {
      return this.source.take();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  #refuse(task: Task, error: unknown): void {
    try {
      task.begin("");
      task.end({ error: serializeError(error), execution: undefined });
    } catch (thrown) {
      this.report(thrown);
    }
  }

  #wrap(task: Task | undefined): QueuedTask | "failed" | undefined {
    if (task === undefined) return undefined;
    try {
      const queued = new QueuedTask(task, this, this.#bounds.of(task.binding), this.#taken++);
      this.tasks.add(queued);
      const error = this.#bounds.errorOf(queued.bound);
      if (error === undefined) return queued;
      // Later, as the pool is in the midst of giving out more.
      microtask(() => queued.fail(error));
      return "failed";
    } catch (error) {
      // What cannot be read cannot be sent.
      microtask(() => this.#refuse(task, error));
      return "failed";
    }
  }
}

/** Adds tasks to a queue in the order in which they were taken from their source. */
function merge(queue: Fifo<QueuedTask>, tasks: readonly QueuedTask[]): void {
  const merged = [...queue.drain(), ...tasks].sort((a, b) => a.order - b.order);
  for (const task of merged) queue.push(task);
}

/** Gives tasks back to the queues that they came from. */
export function giveBack(tasks: readonly QueuedTask[]): void {
  for (const [source, own] of Map.groupBy(tasks, ({ source }) => source)) source.giveBack(own);
}
