// The pool: starts workers on demand, gives them tasks through its `Scheduler`, supervises them, and ends
// idle ones. Flows and `pool.run` are its sources.
//
// | state   | tasks                       | workers                              | left by                    |
// | ------- | --------------------------- | ------------------------------------ | -------------------------- |
// | open    | are sent to workers         | start on demand, up to `maxWorkers`  | `close`, too many lost     |
// | spent   | fail with the reason        | none: `maxLost` threads never yield  | the end of a lost thread   |
// | closing | reject with a `ClosedError` | end, and may clean up                | the end of the last thread |
// | closed  | are refused                 | none                                 |                            |

import { elapsed } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { checkCount } from "../data/option.ts";
import { checkOptions } from "../data/options.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { ClosedError } from "../errors/call_errors.ts";
import type { UncaughtError } from "../errors/value_errors.ts";
import { WorkerStartError } from "../errors/worker_errors.ts";
import { isLoading } from "../routine/loading.ts";
import type { PayloadArguments } from "../routine/routine_context.ts";
import type { NamedEvents, NamedSlots, NameOf, Port, SlotInput } from "../routine/port.ts";
import type { Routine } from "../routine/routine.ts";
import { ChannelWorker } from "./channel_worker.ts";
import { POOL, type WorkerPoolOptions } from "./worker_pool_options.ts";
import type { PoolWorker } from "./pool_worker.ts";
import { RoutineLoads } from "./routine_loads.ts";
import { type RunEffects, type RunOptions, RunQueue } from "./run_queue.ts";
import { Scheduler } from "./scheduler.ts";
import { giveBack } from "./source_queue.ts";
import type { Binding, Pool, PoolStats, Task, TaskSource, TaskState } from "./task.ts";
import { TaskTable } from "./task_table.ts";
import { toConsole } from "../data/to_console.ts";
import { callUser } from "../data/user_call.ts";
import { CLAIMED, ENDED, RUNNING } from "../wire/shared_task_ring.ts";
import { allLost, startedWhileLoading, threwOnHost } from "./worker_errors.ts";
import { WorkerSet } from "./worker_set.ts";
import { WorkerThread } from "./worker_thread.ts";

/** Continuations of this promise run in a microtask, which is faster than `queueMicrotask`. */
const TURN = Promise.resolve();

/**
 * The first and the longest interval of the checks of busy workers, in milliseconds. It doubles with each
 * check, and is reset when tasks are given to workers.
 */
const FIRST_LOOK_MS = 3, LAST_LOOK_MS = 100;

/**
 * A pool of Web Workers that execute routines. Workers are started on demand, up to `maxWorkers`, reused, and
 * ended when idle. A flow creates its own pool unless it is given one; several flows can share a pool. Workers
 * can be of another kind, such as processes: see {@linkcode WorkerPoolOptions.startWorker}.
 *
 * @example Executing one routine without a flow
 * ```ts
 * import { WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 2 });
 * const { emits } = await pool.run(fibonacci, "n", 20);
 * console.log(emits[0]?.payload); // 6765
 * ```
 *
 * @example Fifty waiting handlers at once on two threads
 * ```ts
 * import { WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 50 });
 * const runs = [1, 2, 3].map((n) => pool.run(fibonacci, "n", n));
 * console.log((await Promise.all(runs)).map(({ emits }) => emits[0]?.payload)); // [ 1, 1, 2 ]
 * ```
 */
export class WorkerPool implements Pool {
  /** The maximum number of workers. */
  readonly maxWorkers: number;
  /** The maximum number of activations that execute at once, in all workers together. */
  readonly concurrency: number;
  readonly #idleTimeout: number;
  readonly #maxActivations: number;
  readonly #onUncaught: (error: UncaughtError) => void;
  readonly #runs: RunQueue;
  readonly #scheduler: Scheduler;
  readonly #tasks = new TaskTable();
  readonly #workers: WorkerSet;
  readonly #loads: RoutineLoads;
  readonly #onTurn = () => {
    this.#isWaking = false;
    this.#fill();
  };
  /** The number of tasks that occupy their workers while they wait for other tasks. */
  #holding = 0;
  #isWaking = false;
  #sweeper: TimerId | undefined;
  #watch: TimerId | undefined;
  #watchMs = FIRST_LOOK_MS;
  #closed: PromiseWithResolvers<void> | undefined;

  /**
   * Creates the pool. Workers are started on demand.
   *
   * @param options The limits, and the timeouts of the workers.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const {
      maxWorkers = navigator.hardwareConcurrency,
      concurrency = maxWorkers,
      idleTimeout = 10_000,
      grace = 1_000,
      loadTimeout = 10_000,
      maxLost = 8,
      maxActivations = Infinity,
      maxQueue = Infinity,
      startWorker,
      onUncaught = toConsole,
    } = checkOptions("new WorkerPool", options, POOL);
    this.maxWorkers = maxWorkers;
    this.concurrency = concurrency;
    this.#idleTimeout = idleTimeout;
    this.#maxActivations = maxActivations;
    this.#onUncaught = onUncaught;
    this.#workers = new WorkerSet(
      { maxWorkers, concurrency, maxActivations, maxLost },
      {
        strands: Math.ceil(concurrency / maxWorkers),
        grace,
        loadTimeout,
        // A worker that is replaced after a number of activations executes no more than that.
        mayGoOn: startWorker === undefined && maxActivations === Infinity,
      },
      startWorker === undefined
        ? (id, events) => new WorkerThread(id, events)
        : (id, events) => new ChannelWorker(id, startWorker, loadTimeout, events),
      () => this.#fillSoon(),
      {
        advanced: (worker) => this.#onAdvanced(worker),
        retired: (worker) => this.#onRetired(worker),
        ended: (worker, error) => this.#onEnded(worker, error),
        served: () => this.#workers.resume(),
        stuck: (worker) => this.#onStuck(worker),
        loaded: (worker, module, error) => this.#onLoaded(worker, module, error),
        gone: (worker) => this.#onGone(worker),
        uncaught: (error) => this.#report(error),
      },
    );
    this.#scheduler = new Scheduler(
      { concurrency, maxActivations },
      this.#tasks,
      (binding) => {
        for (const worker of this.#workers.live) worker.forget(binding);
      },
      // Deferred, as the callback may close the pool while the code that threw is still on the stack.
      (error) => microtask(() => this.#report(threwOnHost(error))),
    );
    this.#loads = new RoutineLoads(this.#workers, this.#scheduler.bounds);
    this.#runs = new RunQueue(this, maxQueue, () => this.#workers.vacancies);
    this.#scheduler.attach(this.#runs);
  }

  /**
   * Executes one slot of a routine outside any flow. Shared data and routine state are empty at the start,
   * and are not visible to other runs.
   *
   * @param routine The routine.
   * @param slot The slot.
   * @param args The payload, followed by options.
   * @returns The effects of the routine. Rejects with the error that the routine threw.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {UnknownSlotError} If the routine has no such slot.
   * @throws {UncloneableValueError} If structured clone would lose a part of the payload or the config.
   * @throws {ActivationTimeoutError} If the run took longer than `timeout`.
   * @throws {ClosedError} If the pool is closed, or is closed before the end of the run.
   */
  run<
    S extends NamedSlots<S>,
    E extends NamedEvents<E>,
    Config extends object,
    Name extends NameOf<S>,
  >(
    routine: Routine<S, E, Config>,
    slot: Name,
    ...args: PayloadArguments<SlotInput<Port<S, Name>>, RunOptions<Config>>
  ): Promise<RunEffects<E>> {
    // Not async, as that would cost two more promises; errors are turned into rejections instead.
    try {
      this.#checkOpen();
      const effects = this.#runs.add(routine, slot, args[0], args[1]);
      this.wake(this.#runs);
      return effects as Promise<RunEffects<E>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Serves a source until it is detached. See {@linkcode Pool} for this and the other methods for sources.
   */
  attach(source: TaskSource): void {
    this.#checkOpen();
    this.#scheduler.attach(source);
  }

  /** Takes no more tasks from a source. */
  detach(source: TaskSource): void {
    this.#scheduler.detach(source);
  }

  /** Checks a source, or all sources, for tasks again. */
  wake(source?: TaskSource): void {
    this.#scheduler.wake(source);
    this.#fillSoon();
  }

  /** Revokes a task whose handler has not been called. */
  revoke(task: Task): boolean {
    const held = this.#tasks.get(task);
    if (held === undefined) return false;
    const worker = this.#workers.of(held);
    const isRevoked = worker === undefined ? held.source.remove(held) : worker.revoke(held);
    if (!isRevoked) return false;
    this.#tasks.delete(held);
    // Deferred, as the source may be revoking more tasks.
    this.wake(held.source.source);
    return true;
  }

  /** Stops a task. */
  abort(task: Task, reason: unknown): void {
    const held = this.#tasks.get(task);
    if (held === undefined) return;
    const worker = this.#workers.of(held);
    if (worker !== undefined) return worker.abort(held, reason);
    if (held.source.remove(held)) microtask(() => held.fail(reason));
  }

  /** Returns the state of a task. */
  stateOf(task: Task): TaskState | undefined {
    const held = this.#tasks.get(task);
    if (held === undefined) return undefined;
    switch (this.#workers.of(held)?.queue.stateOf(held)) {
      case CLAIMED:
        return "loading";
      case RUNNING:
        return "running";
      case ENDED:
        return "ended";
      default:
        return "queued";
    }
  }

  /** Returns the time at which the handler of a running task was called, in epoch milliseconds. */
  startedAt(task: Task): number | undefined {
    const held = this.#tasks.get(task);
    const queue = held && this.#workers.of(held)?.queue;
    if (held === undefined || queue?.stateOf(held) !== RUNNING) return undefined;
    return queue.ring.startedAt(held.number);
  }

  /** Allows a task to occupy its worker while it waits for other tasks to be executed. */
  hold(): Disposable | undefined {
    if (this.#holding + 1 >= this.#workers.width) return undefined;
    this.#holding++;
    return { [Symbol.dispose]: () => void this.#holding-- };
  }

  /**
   * Replaces all workers: each finishes its executing tasks and ends, and new workers are started on demand.
   * Other tasks are not delayed.
   *
   * @throws {ClosedError} If the pool is closed.
   */
  recycle(): void {
    this.#checkOpen();
    for (const worker of [...this.#workers.live]) worker.retire();
    this.#fillSoon();
  }

  /** Loads routines in a number of workers, and starts workers for that if necessary. */
  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    this.#checkOpen();
    const errors = await this.#loads.load(bindings, checkCount("workers", workers));
    this.#checkOpen();
    return errors;
  }

  /** Returns the numbers of workers and waiting tasks. */
  stats(): PoolStats {
    return this.#workers.stats(this.#closed === undefined ? this.#scheduler.ready : 0);
  }

  /**
   * Ends all workers, after their modules have cleaned up with `onStop`. Runs that have not ended reject with
   * a `ClosedError`. A thread that never yields cannot be ended; `close` waits for it for at most a second.
   */
  async close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers();
      clearTimer(this.#sweeper);
      clearTimer(this.#watch);
      const error = new ClosedError("the pool");
      this.#scheduler.close(error);
      this.#loads.close();
      this.#workers.pause.end();
      for (const worker of this.#workers.all()) worker.close(error);
      this.#scheduler.failWaiting(error);
      this.#workers.lost.release();
      this.#resolveClosed();
    }
    await this.#closed.promise;
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Calls `#fill` in a microtask, once for all requests until then. */
  #fillSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    void TURN.then(this.#onTurn);
  }

  /** Distributes the ready tasks, and starts workers for the remaining ones. */
  #fill(): void {
    if (this.#closed !== undefined) return;
    if (this.#workers.isSpent) {
      return this.#scheduler.failWaiting(allLost(this.#workers.lost.stuck));
    }
    const at = elapsed();
    this.#rescue(at);
    this.#feedAlone(at);
    if (this.#scheduler.ready > 0 || this.#workers.hasBehind) {
      let takers = this.#workers.takers(this.#scheduler.ready);
      for (let [first] = takers; first !== undefined; [first] = takers) {
        const { permits } = this.#workers;
        const hasGiven = this.#scheduler.feed(takers, permits, at) ||
          permits > 0 && !first.isBusy && this.#scheduler.steal(this.#workers.all()) &&
            this.#scheduler.feed([first], permits, at);
        if (!hasGiven || this.#closed !== undefined) break;
        this.#watchMs = FIRST_LOOK_MS;
        takers = this.#workers.takers(this.#scheduler.ready);
      }
    }
    if (this.#closed !== undefined) return;
    this.#workers.startUpTo(this.#scheduler.wanted);
    this.#scheduler.rest();
    this.#watchWorkers();
  }

  /** Gives isolated tasks to workers of their own, which end after their task. */
  #feedAlone(at: number): void {
    const { alone } = this.#workers;
    const { isolated } = this.#scheduler;
    if (isolated === 0 && alone.size === 0) return;
    let busy = 0;
    for (const worker of [...alone]) {
      const isFree = worker.isReady && worker.given === 0;
      if (isFree && this.#workers.permits > 0 && this.#scheduler.feedAlone(worker, at)) busy++;
      else if (worker.isBusy) busy++;
      // The worker has executed its task, or no isolated task is left.
      else if (worker.isReady && (worker.given > 0 || isolated === 0)) worker.retire();
    }
    this.#workers.startAloneUpTo(busy + this.#scheduler.isolated);
  }

  /** Revokes tasks that wait behind a slow one, if a strand is free elsewhere. */
  #rescue(at: number): void {
    if (!this.#workers.isUnclear || !this.#workers.hasFreeStrand) return;
    for (const worker of this.#workers.all()) {
      if (worker.queue.isUnclear) giveBack(worker.rescue(at));
    }
  }

  /**
   * Checks busy workers at intervals, for tasks that they have started without a report, and for tasks that
   * they do not start.
   */
  #watchWorkers(): void {
    if (this.#watch !== undefined || this.#closed !== undefined) return;
    if (!this.#workers.isBusy) return;
    this.#watch = after(this.#watchMs, () => {
      this.#watch = undefined;
      this.#watchMs = Math.min(2 * this.#watchMs, LAST_LOOK_MS);
      for (const worker of this.#workers.all()) worker.look();
      this.#fill();
    });
  }

  #onAdvanced(worker: PoolWorker): void {
    if (worker.given >= this.#maxActivations && !worker.queue.isUnclear) worker.retire();
    if (worker.isSpoilt && this.#workers.mayReplace(worker)) worker.drain();
    if (!worker.isBusy && this.#workers.live.has(worker)) this.#sweepIn(this.#idleTimeout);
    this.#fill();
  }

  #onRetired(worker: PoolWorker): void {
    this.#workers.retire(worker);
    this.#scheduler.retire(worker);
  }

  #onEnded(worker: PoolWorker, error: Error | undefined): void {
    this.#workers.end(worker);
    if (worker.blockedBy !== undefined) this.#scheduler.bounds.modules.block(worker.blockedBy);
    if (this.#closed !== undefined) return this.#scheduler.failWaiting(new ClosedError("the pool"));
    if (error instanceof WorkerStartError) {
      // If no worker can be started, waiting tasks would never be taken, so each failed start fails one of
      // them. A worker that was ready may have been lost by chance, but not two in succession.
      if (this.#workers.isServed) this.#workers.pause.begin();
      else if (!worker.hasStarted || !this.#workers.spare()) this.#scheduler.failNext(error);
    }
    this.#fillSoon();
  }

  #onLoaded(worker: PoolWorker, module: string, error: Error | undefined): void {
    const { modules } = this.#scheduler.bounds;
    if (error === undefined) modules.loaded(module);
    else modules.failed(module, worker.id, error);
  }

  #onStuck(worker: PoolWorker): void {
    this.#workers.lost.markStuck(worker);
    this.#resolveClosed();
    this.#fillSoon();
  }

  #onGone(worker: PoolWorker): void {
    if (worker.blockedBy !== undefined) this.#scheduler.bounds.modules.unblock(worker.blockedBy);
    this.#workers.lost.remove(worker);
    this.#resolveClosed();
    this.#fillSoon();
  }

  /** Resolves `close` when all threads have ended, except those that never yield. */
  #resolveClosed(): void {
    const { size, stuck } = this.#workers.lost;
    if (size === stuck) this.#closed?.resolve();
  }

  /** Ends idle workers after their timeout, with a single timer for all of them. */
  #sweepIn(delay: number): void {
    if (this.#closed !== undefined || this.#sweeper !== undefined) return;
    this.#sweeper = after(delay, () => {
      this.#sweeper = undefined;
      const due = elapsed() - this.#idleTimeout;
      let oldest = Infinity;
      for (const worker of [...this.#workers.live]) {
        if (worker.isBusy || worker.isLoading || !worker.isReady) continue;
        const { progressAt } = worker.queue;
        if (progressAt <= due) worker.stop();
        else oldest = Math.min(oldest, progressAt);
      }
      if (oldest !== Infinity) this.#sweepIn(Math.max(1, oldest - due));
    });
  }

  /** Reports an error that belongs to no activation. An error of the callback does not affect the pool. */
  #report(error: UncaughtError): void {
    callUser(() => this.#onUncaught(error), (thrown) => {
      toConsole(error);
      toConsole(threwOnHost(thrown));
    });
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new ClosedError("the pool");
    // Refused, as each worker would start workers that load the same module.
    if (isLoading()) throw startedWhileLoading();
  }
}
