import { after, checkCount, checkDuration, type Timer } from "../data/option.ts";
import { serializeError } from "../data/serialized_error.ts";
import { ClosedError } from "../errors/closed_error.ts";
import type { PayloadArguments } from "../routine/context.ts";
import type { Events, SlotInput, Slots } from "../routine/port.ts";
import type { Routine } from "../routine/routine.ts";
import { PoolWorker, type PoolWorkerEvents } from "./pool_worker.ts";
import { type RunEffects, type RunOptions, RunQueue } from "./run_queue.ts";
import type { Binding, Pool, PoolStats, Task, TaskSource } from "./task.ts";

/** Options of a {@linkcode WorkerPool}. */
export interface WorkerPoolOptions {
  /**
   * The greatest number of workers.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly maxWorkers?: number;
  /**
   * Milliseconds after which a worker without a task is let go. The clock starts when its last task
   * has ended.
   *
   * @default {10_000}
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds that a handler has to end after `ctx.signal` aborted, before its worker is given
   * up. The clock starts when the worker is told.
   *
   * @default {1_000}
   */
  readonly grace?: number;
}

/** How long `close` waits for threads to end: one that never yields does not. */
const CLOSING_MS = 1_000;

/**
 * Web Workers that execute routines. They are started when there is work, up to `maxWorkers`, kept
 * for the next, and let go when idle. A flow makes its own pool or is given one; several flows can
 * share one.
 *
 * @example
 * ```ts
 * import { WorkerPool } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 2 });
 * const { emits } = await pool.run(fibonacci, "n", 20);
 * console.log(emits[0]?.payload); // 6765
 * ```
 */
export class WorkerPool implements Pool {
  /** The greatest number of workers. */
  readonly maxWorkers: number;
  readonly #idleTimeout: number;
  readonly #grace: number;
  readonly #runs = new RunQueue();
  readonly #sources: TaskSource[] = [this.#runs];
  readonly #live = new Set<PoolWorker>();
  /** Ready and without a task; the last to become so is the first to be used. */
  readonly #idle: PoolWorker[] = [];
  readonly #lost = new Set<PoolWorker>();
  readonly #events: PoolWorkerEvents = {
    ready: (worker) => this.#onIdle(worker),
    idle: (worker) => this.#onIdle(worker),
    dead: (worker, error) => this.#onDead(worker, error),
    gone: (worker) => this.#onGone(worker),
  };
  #started = 0;
  #isWaking = false;
  #sweeper: Timer | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  /**
   * Makes the pool; workers start when they are needed.
   *
   * @param options How many workers, and how long they are kept.
   * @throws {InvalidOptionError} If an option has a value that it cannot have.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const { maxWorkers = navigator.hardwareConcurrency, idleTimeout = 10_000, grace = 1_000 } =
      options;
    this.maxWorkers = checkCount("maxWorkers", maxWorkers);
    this.#idleTimeout = checkDuration("idleTimeout", idleTimeout);
    this.#grace = checkDuration("grace", grace);
  }

  /**
   * Executes one slot of a routine by itself, outside any flow. Shared data and routine state are
   * empty at the start and seen by nobody else.
   *
   * @param routine The routine.
   * @param slot The slot.
   * @param args The payload, then options.
   * @returns What the routine did. It rejects with what the routine threw.
   * @throws {UnknownSlotError} If the routine has no such slot.
   * @throws {UncloneableValueError} If the payload or config holds what structured clone would lose.
   * @throws {ActivationTimeoutError} If it took longer than `timeout`.
   * @throws {ClosedError} If the pool is closed, or is closed before the run has ended.
   */
  // Async so that every fault is a rejection.
  async run<
    S extends Slots,
    E extends Events,
    Config extends object,
    Name extends keyof S & string,
  >(
    routine: Routine<S, E, Config>,
    slot: Name,
    ...args: PayloadArguments<SlotInput<S[Name]>, RunOptions<Config>>
  ): Promise<RunEffects<E>> {
    this.#checkOpen();
    const [payload, options = {}] = args as [unknown, RunOptions?];
    const effects = this.#runs.add(routine, slot, payload, options, (task, reason) => {
      this.abort(task, reason);
    });
    this.wake();
    return await effects as RunEffects<E>;
  }

  attach(source: TaskSource): void {
    this.#checkOpen();
    this.#sources.push(source);
  }

  detach(source: TaskSource): void {
    const index = this.#sources.indexOf(source);
    if (index >= 0) this.#sources.splice(index, 1);
  }

  wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    // Once for all that is asked in this turn of the loop.
    queueMicrotask(() => {
      this.#isWaking = false;
      this.#fill();
    });
  }

  abort(task: Task, reason: Error): void {
    for (const worker of this.#live) if (worker.abort(task, reason, this.#grace)) return;
  }

  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    this.#checkOpen();
    while (this.#live.size < Math.min(workers, this.maxWorkers)) this.#start();
    const loading = [...this.#live].slice(0, workers).map(async (worker) => {
      await worker.started;
      return await Promise.all(bindings.map((binding) => worker.load(binding)));
    });
    return (await Promise.all(loading)).flat().filter((error) => error !== undefined);
  }

  stats(): PoolStats {
    const live = this.#live.size;
    const ready = this.#idle.length;
    const busy = [...this.#live].filter((worker) => worker.isBusy).length;
    return { live, ready, busy, lost: this.#lost.size };
  }

  /**
   * Ends every worker. Runs that have not ended reject with a `ClosedError`. A thread that never
   * yields cannot be ended; it is waited for no longer than a second.
   */
  async close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers();
      clearTimeout(this.#sweeper);
      const error = new ClosedError("the pool");
      for (const source of this.#sources) source.fail(error);
      for (const worker of this.#live) worker.terminate(error);
      if (this.#lost.size === 0) this.#closed.resolve();
    }
    const { promise, resolve } = this.#closed;
    const timer = setTimeout(resolve, CLOSING_MS);
    await promise;
    clearTimeout(timer);
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Gives tasks to the workers that have none, and starts workers for those that are left. */
  #fill(): void {
    if (this.#closed !== undefined) return;
    for (let worker = this.#idle.at(-1); worker !== undefined; worker = this.#idle.at(-1)) {
      const task = this.#take(worker.id);
      if (task === undefined) return;
      this.#idle.pop();
      worker.run(task);
    }
    let waiting = this.#sources.reduce((sum, source) => sum + source.ready, 0);
    for (const worker of this.#live) if (!worker.isReady) waiting--;
    while (waiting-- > 0 && this.#live.size < this.maxWorkers) this.#start();
  }

  /** The next task, from the sources by turns. */
  #take(workerId: string): Task | undefined {
    for (let i = this.#sources.length; i > 0; i--) {
      const source = this.#sources.shift() as TaskSource;
      this.#sources.push(source);
      const task = source.take(workerId);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  #start(): void {
    this.#live.add(new PoolWorker(`w${++this.#started}`, this.#events));
  }

  #onIdle(worker: PoolWorker): void {
    worker.idleSince = performance.now();
    this.#idle.push(worker);
    this.#fill();
    this.#sweepIn(this.#idleTimeout);
  }

  #onDead(worker: PoolWorker, error: Error | undefined): void {
    this.#live.delete(worker);
    this.#lost.add(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#closed !== undefined) return;
    // If no worker can be started, nobody would ever take what is waiting.
    if (error !== undefined && !worker.isReady && !this.#isServed) {
      this.#take(worker.id)?.end({ error: serializeError(error), execution: undefined });
    }
    this.wake();
  }

  #onGone(worker: PoolWorker): void {
    // A worker that never started is gone before it is dead.
    queueMicrotask(() => {
      this.#lost.delete(worker);
      if (this.#lost.size === 0) this.#closed?.resolve();
    });
  }

  get #isServed(): boolean {
    return [...this.#live].some((worker) => worker.isReady);
  }

  /** Lets idle workers go when their time has come, by one timer for all. */
  #sweepIn(delay: number): void {
    if (this.#closed !== undefined || this.#sweeper !== undefined || this.#idle.length === 0) {
      return;
    }
    this.#sweeper = after(delay, () => {
      this.#sweeper = undefined;
      const due = performance.now() - this.#idleTimeout;
      for (const worker of this.#idle.filter(({ idleSince }) => idleSince <= due)) {
        worker.terminate();
      }
      const oldest = this.#idle[0];
      if (oldest !== undefined) this.#sweepIn(Math.max(1, oldest.idleSince - due));
    });
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new ClosedError("the pool");
  }
}
