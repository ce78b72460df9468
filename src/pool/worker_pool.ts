import { checkCount, checkDuration, checkLimit } from "../data/option.ts";
import { serializeError } from "../data/serialized_error.ts";
import { after, type Timer } from "../data/timer.ts";
import { ClosedError } from "../errors/closed_error.ts";
import type { UncaughtError } from "../errors/uncaught_error.ts";
import type { PayloadArguments } from "../routine/context.ts";
import type { Events, SlotInput, Slots } from "../routine/port.ts";
import { isLoading } from "../routine/loading.ts";
import type { Routine } from "../routine/routine.ts";
import type { HeldTask } from "./held_task.ts";
import { giveBack } from "./lane.ts";
import { LostThreads } from "./lost_threads.ts";
import type { WorkerPoolOptions } from "./pool_options.ts";
import { type Patience, PoolWorker, type PoolWorkerEvents } from "./pool_worker.ts";
import { type RunEffects, type RunOptions, RunQueue } from "./run_queue.ts";
import { Scheduler } from "./scheduler.ts";
import type { Binding, Pool, PoolStats, Task, TaskSource } from "./task.ts";
import { allLost, isLoss, startedWhileLoading } from "./worker_errors.ts";

/** What waits for it goes on when all that is being done has been done: `queueMicrotask`, faster. */
const TURN = Promise.resolve();

/** How long `close` waits for threads to end: one that never yields does not. */
const CLOSING_MS = 1_000;
/** How often a worker is looked at that may have begun what is not known here, in milliseconds. */
const LOOK_MS = 100;

/**
 * Web Workers that execute routines. They are started when there is work, up to `maxWorkers`, kept
 * for the next, and let go when idle. A flow makes its own pool or is given one; several flows can
 * share one.
 *
 * @example One routine, executed by itself
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
  readonly #maxActivations: number;
  readonly #patience: Patience;
  readonly #onUncaught: (error: UncaughtError) => void;
  readonly #runs: RunQueue;
  readonly #scheduler: Scheduler;
  readonly #live = new Set<PoolWorker>();
  /** Given nothing more, but still executing. */
  readonly #retired = new Set<PoolWorker>();
  readonly #lost: LostThreads;
  readonly #freeIndices: number[] = [];
  readonly #events: PoolWorkerEvents = {
    ready: (worker) => this.#onAdvanced(worker),
    advanced: (worker) => this.#onAdvanced(worker),
    dead: (worker, error, left) => this.#onDead(worker, error, left),
    stuck: (worker) => this.#onStuck(worker),
    gone: (worker) => this.#onGone(worker),
    uncaught: (error) => this.#onUncaught(error),
  };
  readonly #onTurn = () => {
    this.#isWaking = false;
    this.#fill();
  };
  #started = 0;
  /** How many workers wait for others. */
  #holding = 0;
  #isWaking = false;
  #sweeper: Timer | undefined;
  #looker: Timer | undefined;
  #closed: PromiseWithResolvers<void> | undefined;

  /**
   * Makes the pool; workers start when they are needed.
   *
   * @param options How many workers, and how long they are kept.
   * @throws {InvalidOptionError} If an option has a value that it cannot have.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const {
      maxWorkers = navigator.hardwareConcurrency,
      idleTimeout = 10_000,
      grace = 1_000,
      loadTimeout = 10_000,
      maxLost = 8,
      maxActivations = Infinity,
      onUncaught = console.error,
    } = options;
    this.maxWorkers = checkCount("maxWorkers", maxWorkers);
    this.#idleTimeout = checkDuration("idleTimeout", idleTimeout);
    this.#lost = new LostThreads(checkLimit("maxLost", maxLost));
    this.#maxActivations = checkLimit("maxActivations", maxActivations);
    this.#onUncaught = onUncaught;
    this.#patience = {
      grace: checkDuration("grace", grace),
      loadTimeout: checkDuration("loadTimeout", loadTimeout),
    };
    this.#scheduler = new Scheduler(this.#maxActivations, (binding) => {
      for (const worker of this.#live) worker.forget(binding);
    });
    this.#runs = new RunQueue(this);
    this.#scheduler.attach(this.#runs);
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
  run<
    S extends Slots,
    E extends Events,
    Config extends object,
    Name extends keyof S & string,
  >(
    routine: Routine<S, E, Config>,
    slot: Name,
    ...args: PayloadArguments<SlotInput<S[Name]>, RunOptions<Config>>
  ): Promise<RunEffects<E>> {
    // Not async, which would cost two more promises; yet every fault is a rejection.
    try {
      this.#checkOpen();
      const effects = this.#runs.add(routine, slot, args[0], args[1]);
      this.wake();
      return effects as Promise<RunEffects<E>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Serves a source until it is detached. See {@linkcode Pool}, as for all that sources call. */
  attach(source: TaskSource): void {
    this.#checkOpen();
    this.#scheduler.attach(source);
  }

  /** Serves a source no more. */
  detach(source: TaskSource): void {
    this.#scheduler.detach(source);
  }

  /** Looks at the sources again. */
  wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    // Once for all that is asked in this turn of the loop.
    void TURN.then(this.#onTurn);
  }

  /** Takes a task back that no worker has begun. */
  revoke(task: Task): boolean {
    if (this.#scheduler.revoke(task) !== undefined) return true;
    for (const worker of this.#workers()) {
      if (worker.revoke(task) === undefined) continue;
      this.#onIdle(worker);
      // Later, as the source may be in the midst of taking back more.
      this.wake();
      return true;
    }
    return false;
  }

  /** Tells a task that is being executed to stop. */
  abort(task: Task, reason: Error): void {
    const held = this.#scheduler.revoke(task);
    if (held !== undefined) {
      const error = serializeError(reason);
      return queueMicrotask(() => held.end({ error, execution: undefined }, ""));
    }
    for (const worker of this.#workers()) if (worker.abort(task, reason)) return;
  }

  /** When a worker began to execute a task. */
  startedAt(task: Task): number | undefined {
    for (const worker of this.#workers()) {
      const startedAt = worker.startedAt(task);
      if (startedAt !== undefined) return startedAt;
    }
    return undefined;
  }

  /** Lets a task keep its worker waiting for others. */
  hold(): Disposable | undefined {
    const workers = this.#lost.isFullForGood ? this.#live.size : this.maxWorkers;
    if (this.#holding + 1 >= workers) return undefined;
    this.#holding++;
    return { [Symbol.dispose]: () => void this.#holding-- };
  }

  /**
   * Renews the workers: each goes on with the task it executes and is then replaced, as there is work
   * for a new one. Nothing is held up.
   *
   * @throws {ClosedError} If the pool is closed.
   */
  recycle(): void {
    this.#checkOpen();
    for (const worker of [...this.#live]) {
      if (!worker.isReady) continue;
      this.#retire(worker);
      giveBack(worker.line.steal(Infinity));
      this.#onIdle(worker);
    }
    this.wake();
  }

  /** Loads routines in as many workers. */
  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    this.#checkOpen();
    const loading = (await this.#loaders(workers)).map((worker) => this.#loadIn(worker, bindings));
    this.#checkOpen();
    if (loading.length === 0) return [allLost(this.#lost.stuck)];
    return (await Promise.all(loading)).flat();
  }

  /** How many workers there are, and what they do. */
  stats(): PoolStats {
    const workers = [...this.#workers()];
    return {
      live: workers.length,
      ready: workers.filter((worker) => worker.isReady && !worker.isBusy).length,
      busy: workers.filter((worker) => worker.isBusy).length,
      lost: this.#lost.size,
    };
  }

  /**
   * Ends every worker. Runs that have not ended reject with a `ClosedError`. A thread that never
   * yields cannot be ended; it is waited for no longer than a second.
   */
  async close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers();
      clearTimeout(this.#sweeper);
      clearTimeout(this.#looker);
      const error = new ClosedError("the pool");
      this.#scheduler.close(error);
      for (const worker of [...this.#workers()]) worker.terminate(error);
      this.#scheduler.failWaiting(error);
      this.#lost.release();
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

  /** Loads routines in a worker, or in another if it is lost meanwhile, for whatever reason. */
  async #loadIn(worker: PoolWorker, bindings: readonly Binding[], tries = 3): Promise<Error[]> {
    await worker.started;
    const { bounds } = this.#scheduler;
    const loads = await Promise.all(bindings.map((binding) => worker.load(bounds.of(binding))));
    const errors = loads.filter((error) => error !== undefined);
    if (tries === 1 || this.#closed !== undefined || !errors.some(isLoss)) return errors;
    const [another] = await this.#loaders(1);
    return another === undefined ? errors : await this.#loadIn(another, bindings, tries - 1);
  }

  /** Workers to load routines in, started if need be; none if none can be. */
  async #loaders(wanted: number): Promise<PoolWorker[]> {
    for (;;) {
      const free = [...this.#live].filter((worker) => !worker.isBusy).length;
      for (let i = free; i < wanted && this.#mayStart; i++) this.#start();
      // One that is ready comes before one that starts, and one that executes comes last.
      const rank = (worker: PoolWorker) => worker.isBusy ? 2 : worker.isReady ? 0 : 1;
      const chosen = [...this.#live].sort((a, b) => rank(a) - rank(b)).slice(0, wanted);
      if (chosen.length > 0 || this.#isSpent || this.#closed !== undefined) return chosen;
      // All threads that there may be are about to end.
      await this.#lost.change();
    }
  }

  /** Gives out what is ready, and starts workers for what is left. */
  #fill(): void {
    if (this.#closed !== undefined) return;
    if (this.#isSpent) return this.#scheduler.failWaiting(allLost(this.#lost.stuck));
    if (this.#scheduler.ready === 0 && !this.#hasLines()) return this.#lookLater();
    const at = performance.now();
    let takers = this.#takers(at);
    let first = takers[0];
    if (first !== undefined) this.#scheduler.rescue(this.#live, first, at);
    for (; first !== undefined; takers = this.#takers(at), first = takers[0]) {
      const hasGiven = this.#scheduler.feed(takers) ||
        !first.isBusy && this.#scheduler.steal(this.#live, first) && this.#scheduler.feed([first]);
      if (!hasGiven) break;
      for (const worker of takers) if (worker.given >= this.#maxActivations) this.#retire(worker);
    }
    this.#startSome();
    this.#lookLater();
  }

  /** Whether tasks wait behind others. */
  #hasLines(): boolean {
    for (const { line } of this.#live) if (line.size > 1) return true;
    return false;
  }

  /**
   * Looks at workers from time to time that may have begun what they tell nothing of, as a task that
   * never ends, behind results that it keeps back; or that do not begin what they were given.
   */
  #lookLater(): void {
    let isUnclear = false;
    for (const { line } of this.#workers()) isUnclear ||= line.isUnclear;
    if (!isUnclear) {
      clearTimeout(this.#looker);
      this.#looker = undefined;
      return;
    }
    this.#looker ??= setTimeout(() => {
      this.#looker = undefined;
      for (const worker of [...this.#workers()]) worker.look();
      this.#lookLater();
    }, LOOK_MS);
  }

  /**
   * The workers that may be given something: first those that have nothing to do, and of them the one
   * that was used last, so that others can be let go.
   */
  #takers(at: number): PoolWorker[] {
    const idle: PoolWorker[] = [];
    const busy: PoolWorker[] = [];
    const needsIdle = this.#scheduler.needsIdle;
    let executing = this.#retired.size;
    for (const worker of this.#live) {
      if (worker.isBusy) {
        executing++;
        if (!needsIdle && this.#scheduler.hasRoom(worker, at)) busy.push(worker);
      } else if (worker.isReady) idle.push(worker);
    }
    if (idle.length > 1) idle.sort((a, b) => b.line.progressAt - a.line.progressAt);
    const free = Math.max(0, this.maxWorkers - executing);
    if (idle.length > free) idle.length = free;
    return busy.length === 0 ? idle : idle.concat(busy);
  }

  /** Starts workers for what is left, no more than there is use for, and for those that retire. */
  #startSome(): void {
    const more = this.#scheduler.wanted - this.#live.size - this.#retired.size;
    for (let i = 0; i < more && this.#mayStart; i++) this.#start();
  }

  get #mayStart(): boolean {
    return this.#live.size < this.maxWorkers && !this.#lost.isFull;
  }

  /** Whether nothing can be executed any more. */
  get #isSpent(): boolean {
    return this.#live.size === 0 && this.#lost.isFullForGood;
  }

  #start(): void {
    const index = this.#freeIndices.pop() ?? this.#live.size + this.#retired.size;
    this.#live.add(new PoolWorker(`w${++this.#started}`, index, this.#patience, this.#events));
  }

  /** Gives a worker nothing more; it ends when it has executed what it has begun. */
  #retire(worker: PoolWorker): void {
    this.#live.delete(worker);
    this.#retired.add(worker);
  }

  *#workers(): Generator<PoolWorker> {
    yield* this.#live;
    yield* this.#retired;
  }

  #onAdvanced(worker: PoolWorker): void {
    this.#onIdle(worker);
    this.#fill();
  }

  /** Lets go of a worker that has nothing to do: one that retires at once, others after a while. */
  #onIdle(worker: PoolWorker): void {
    if (worker.isBusy || worker.isLoading) return;
    if (this.#retired.has(worker)) worker.terminate();
    else this.#sweepIn(this.#idleTimeout);
  }

  #onDead(worker: PoolWorker, error: Error | undefined, left: readonly HeldTask[]): void {
    this.#live.delete(worker);
    this.#retired.delete(worker);
    this.#freeIndices.push(worker.index);
    this.#lost.add(worker);
    giveBack(left);
    if (this.#closed !== undefined) return;
    // If no worker can be started, nobody would ever take what is waiting.
    if (error !== undefined && !worker.isReady && !this.#isServed) this.#scheduler.failNext(error);
    this.wake();
  }

  #onStuck(worker: PoolWorker): void {
    this.#lost.markStuck(worker);
    this.wake();
  }

  #onGone(worker: PoolWorker): void {
    this.#lost.remove(worker);
    if (this.#lost.size === 0) this.#closed?.resolve();
    this.wake();
  }

  get #isServed(): boolean {
    return [...this.#live].some((worker) => worker.isReady);
  }

  /** Lets idle workers go when their time has come, by one timer for all. */
  #sweepIn(delay: number): void {
    if (this.#closed !== undefined || this.#sweeper !== undefined) return;
    this.#sweeper = after(delay, () => {
      this.#sweeper = undefined;
      const due = performance.now() - this.#idleTimeout;
      let oldest = Infinity;
      for (const worker of this.#live) {
        if (worker.isBusy || worker.isLoading || !worker.isReady) continue;
        const { progressAt } = worker.line;
        if (progressAt <= due) worker.terminate();
        else oldest = Math.min(oldest, progressAt);
      }
      if (oldest !== Infinity) this.#sweepIn(Math.max(1, oldest - due));
    });
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new ClosedError("the pool");
    // Each worker would start workers that load the same module.
    if (isLoading()) throw startedWhileLoading();
  }
}
