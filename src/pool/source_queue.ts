// The pool's side of a source of tasks. All methods of a `TaskSource`, which is code of the user, are called
// here and nowhere else, and their errors are caught. Used by the `Scheduler`.

import { Fifo } from "../data/fifo.ts";
import { watchResult } from "../data/user_call.ts";
import { microtask } from "../data/microtask.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { BoundTable } from "./bound.ts";
import { QueuedTask } from "./queued_task.ts";
import { RefusedTask } from "./refused_task.ts";
import type { Strand } from "./strand.ts";
import type { Task, TaskSource } from "./task.ts";
import type { TaskTable } from "./task_table.ts";

/** The tasks of one source: first those that workers gave back, then those of the source itself. */
export class SourceQueue {
  readonly source: TaskSource;
  /** The table of the tasks that the pool has. */
  readonly tasks: TaskTable;
  /** Called with the errors that the source throws. */
  readonly report: (error: unknown) => void;
  /** `true` if the scheduler visits it. */
  isActive = false;
  readonly #bounds: BoundTable;
  /** Tasks that were taken from the source and given back. They come before the tasks that the source has. */
  readonly #returned = new Fifo<QueuedTask>();
  /** Tasks that are executed alone. */
  readonly #isolated = new Fifo<QueuedTask>();
  /** The number of its tasks on each strand, by the id of the strand. */
  readonly #onStrand: number[] = [];
  /** The number of strands of each worker with tasks of the source, by the index of the worker. */
  readonly #onWorker: number[] = [];
  /** The indices of retired workers that still have tasks of the source. */
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

  /** The number of tasks that could be given to workers. */
  get ready(): number {
    return this.#returned.size + this.#isolated.size +
      (this.#isDetached ? 0 : this.#read("ready", 0));
  }

  /** Checks whether an isolated task can be executed now. */
  get hasIsolated(): boolean {
    return this.#isolated.size > 0 && this.#strands < this.#concurrency;
  }

  /** The next task, if it was given back and needs a strand without other tasks. */
  get selective(): QueuedTask | undefined {
    const next = this.#returned.peek();
    return next?.isSeparate ? next : undefined;
  }

  /** The number of workers that the source could use: one for each task, up to its limits. */
  get wanted(): number {
    const most = Math.min(this.#read("maxWorkers", Infinity), this.#concurrency);
    return Math.min(this.ready - this.#isolated.size + this.#placed, most);
  }

  /** `true` if it has no tasks, neither at a worker nor waiting for one. */
  get isIdle(): boolean {
    return this.#placed === 0 && this.ready === 0;
  }

  /** Takes no more tasks from the source. */
  detach(): void {
    this.#isDetached = true;
  }

  /** Detaches the source, and reports the end of the pool to it. */
  fail(error: Error): void {
    this.detach();
    try {
      watchResult(this.source.fail(error), (thrown) => this.report(thrown));
    } catch (thrown) {
      this.report(thrown);
    }
  }

  /** Checks whether one more strand of a worker may execute its tasks. */
  mayOpen(worker: number): boolean {
    return this.#strands < this.#concurrency &&
      ((this.#onWorker[worker] ?? 0) > 0 || this.#workers < this.#read("maxWorkers", Infinity));
  }

  /** Checks whether its tasks may be placed on a strand that has other tasks. */
  mayUse(strand: Strand): boolean {
    return (this.#onStrand[strand.id] ?? 0) > 0 || this.mayOpen(strand.worker);
  }

  /**
   * Takes the next task.
   *
   * @param accepts Checks whether a separate task can be placed now; it stays in the queue otherwise.
   */
  take(accepts: (task: QueuedTask) => boolean): QueuedTask | undefined {
    for (
      let returned = this.#returned.peek();
      returned !== undefined;
      returned = this.#returned.peek()
    ) {
      if (returned.isSeparate && !accepts(returned)) return undefined;
      this.#returned.shift();
      if (!this.#isRefused(returned)) return returned;
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

  /**
   * Takes the task that follows from one that has ended, and that its worker has begun. If the source gives none, the
   * worker executes a task without effects, to be aborted. So are those that follow from that one: it is none of the
   * source.
   */
  follow({ task, bound }: QueuedTask): QueuedTask {
    const next = task instanceof RefusedTask ? undefined : this.#wrap(this.#followOn(task));
    if (next instanceof QueuedTask) return next;
    return new QueuedTask(new RefusedTask(task), this, bound, this.#taken++);
  }

  /** Takes back tasks that no worker has executed, in their original order. */
  giveBack(tasks: readonly QueuedTask[]): void {
    const [alone = [], others = []] = [true, false].map((wanted) =>
      tasks.filter(({ isExclusive }) => isExclusive === wanted)
    );
    // Merged, as tasks may come from several workers in any order.
    if (alone.length > 0) merge(this.#isolated, alone);
    if (others.length > 0) merge(this.#returned, others);
  }

  /** Takes the next isolated task. */
  takeIsolated(): QueuedTask | undefined {
    return this.hasIsolated ? this.#isolated.shift() : undefined;
  }

  /** Removes all tasks that were given back, and returns them. */
  drain(): QueuedTask[] {
    return [...this.#isolated.drain(), ...this.#returned.drain()];
  }

  /** Removes a task that was given back. */
  remove(task: QueuedTask): boolean {
    return this.#returned.remove(task) || this.#isolated.remove(task);
  }

  /** Called when a worker gets no more tasks: it no longer counts for the limit on workers. */
  retire(worker: number): void {
    if ((this.#onWorker[worker] ?? 0) === 0) return;
    this.#retired.add(worker);
    this.#workers--;
  }

  /** Removes a task that has ended, or will not be executed, from the table. */
  forget(task: QueuedTask): void {
    this.tasks.delete(task);
  }

  /** Called when one of its tasks is placed on a strand. */
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

  /** Called when one of its tasks has left a strand. */
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

  #followOn(task: Task): Task | undefined {
    try {
      return this.source.follow?.(task);
    } catch (error) {
      this.report(error);
      return undefined;
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

  /** Fails a task whose fields cannot be read. Deferred, as the pool is still distributing tasks. */
  #refuseSoon(task: Task, error: unknown): void {
    microtask(() => {
      try {
        task.begin("");
        task.end({ error: serializeError(error), execution: undefined });
      } catch (thrown) {
        this.report(thrown);
      }
    });
  }

  /** Fails a task whose module must not be loaded in another thread now. */
  #isRefused(queued: QueuedTask): boolean {
    const error = this.#bounds.modules.errorOf(queued.bound.message);
    if (error !== undefined) failSoon(queued, error);
    return error !== undefined;
  }

  #wrap(task: Task | undefined): QueuedTask | "failed" | undefined {
    if (task === undefined) return undefined;
    try {
      const queued = new QueuedTask(task, this, this.#bounds.ofTask(task), this.#taken++);
      this.tasks.add(queued);
      return this.#isRefused(queued) ? "failed" : queued;
    } catch (error) {
      this.#refuseSoon(task, error);
      return "failed";
    }
  }
}

/** Fails a task. Deferred, as the pool is still distributing tasks. */
function failSoon(queued: QueuedTask, error: unknown): void {
  microtask(() => queued.fail(error));
}

/** Adds tasks to a queue in the order in which they were taken from their source. */
function merge(queue: Fifo<QueuedTask>, tasks: readonly QueuedTask[]): void {
  const merged = [...queue.drain(), ...tasks].sort((a, b) => a.order - b.order);
  for (const task of merged) queue.push(task);
}

/** Gives tasks back to the queues of their sources. */
export function giveBack(tasks: readonly QueuedTask[]): void {
  for (const [source, own] of Map.groupBy(tasks, ({ source }) => source)) source.giveBack(own);
}
