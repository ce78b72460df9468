// The source of the calls of `pool.run`: queues them, with their timeouts and signals. `WorkerPool` calls
// it and asks it for tasks, as any source.

import { onAbort } from "../data/on_abort.ts";
import { faithfulCopy, faithfulMove } from "../data/faithful_copy.ts";
import { Fifo } from "../data/fifo.ts";
import {
  checkDuration,
  checkFields,
  checkFunction,
  checkList,
  checkSignal,
} from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { QueueFullError } from "../errors/worker_errors.ts";
import { UnknownSlotError } from "../errors/flow_errors.ts";
import type { TransferOptions } from "../routine/routine_context.ts";
import type { Effects } from "../routine/effects.ts";
import type { EventPayload, NamedEvents, NameOf, Port } from "../routine/port.ts";
import { isRoutine, type Routine } from "../routine/routine.ts";
import { ConfiguredRuns } from "./configured_runs.ts";
import { Run } from "./run.ts";
import type { Binding, Pool, TaskSource } from "./task.ts";

/** The checks of the options of `pool.run`. */
const RUN: OptionChecks<RunOptions> = {
  config: checkFields,
  signal: checkSignal,
  timeout: checkDuration,
  onProgress: checkFunction,
  transfer: checkList,
};

/** The time that a run gets after its timeout if its result is on its way, in milliseconds. */
const SOON_MS = 20;
/** The minimum number of stopped runs for which the queue is swept. */
const MIN_SWEPT = 64;

/** The queue of the runs of a pool, which are tasks without a flow. */
export class RunQueue implements TaskSource {
  readonly #pool: Pool;
  readonly #waiting = new Fifo<Run>();
  readonly #bindings = new WeakMap<Routine, Binding>();
  readonly #configured = new WeakMap<Routine, ConfiguredRuns>();
  readonly #maxQueue: number;
  readonly #vacancies: () => number;
  #numbered = 0;
  /** The number of queued runs that have been stopped. */
  #stopped = 0;

  /**
   * @param pool The pool.
   * @param maxQueue The maximum number of runs that wait for a worker.
   * @param vacancies Returns the number of further activations that could execute at once.
   */
  constructor(pool: Pool, maxQueue: number, vacancies: () => number) {
    this.#pool = pool;
    this.#maxQueue = maxQueue;
    this.#vacancies = vacancies;
  }

  get maxWorkers(): number {
    return this.#pool.maxWorkers;
  }

  get concurrency(): number {
    return this.#pool.concurrency;
  }

  get ready(): number {
    return this.#waiting.size - this.#stopped;
  }

  take(): Run | undefined {
    let run = this.#waiting.shift();
    for (; run?.isSettled; run = this.#waiting.shift()) this.#stopped--;
    if (run !== undefined) run.isWaiting = false;
    return run;
  }

  /** Queues a run. */
  add(
    routine: Routine,
    slot: string,
    payload: unknown,
    given: RunOptions | undefined,
  ): Promise<Effects> {
    if (!isRoutine(routine)) {
      throw new InvalidOptionError("routine", routine, "what defineRoutine returned");
    }
    if (!Object.hasOwn(routine.slots, slot)) {
      throw new UnknownSlotError(slot, Object.keys(routine.slots));
    }
    const options = given === undefined ? undefined : checkOptions("pool.run", given, RUN);
    this.#checkRoom();
    const number = ++this.#numbered;
    if (options === undefined) {
      const copy = faithfulCopy(payload, "payload");
      const run = new Run(number, this.#bind(routine), slot, copy);
      this.#waiting.push(run);
      return run.effects;
    }
    const { signal, timeout = Infinity, transfer = [], config, onProgress } = options;
    signal?.throwIfAborted();
    const sent = transfer.length === 0
      ? { payload: faithfulCopy(payload, "payload"), transfer: undefined }
      : faithfulMove(payload, "payload", transfer);
    const configured = config && this.#configure(routine).next(config);
    const binding = configured?.binding ?? this.#bind(routine);
    const run = new Run(number, binding, slot, sent.payload, {
      transfer: sent.transfer,
      onProgress,
      config: configured?.config,
    });
    this.#waiting.push(run);
    if (signal !== undefined || timeout !== Infinity) this.#limit(run, signal, timeout);
    return run.effects;
  }

  /** Refuses another run if `maxQueue` runs are waiting. */
  #checkRoom(): void {
    if (this.ready < this.#maxQueue) return;
    // Runs of one turn of the event loop are taken after the turn, and runs that can execute at once do not
    // wait.
    const waiting = this.ready - this.#vacancies();
    if (waiting < this.#maxQueue) return;
    throw new QueueFullError(
      `the pool has ${waiting} runs waiting, as many as its maxQueue allows; await some of them first, or allow more`,
    );
  }

  /** Rejects the queued runs. */
  fail(error: Error): void {
    for (const run of this.#waiting.drain()) run.reject(error);
    this.#stopped = 0;
  }

  /** Stops a run when its time is up or its signal aborts. */
  #limit(run: Run, signal: AbortSignal | undefined, timeout: number): void {
    const release = onAbort(signal, () => this.#stop(run, signal?.reason));
    let timer = after(timeout, () => {
      timer = this.#timeUp(run, timeout);
    });
    const onEnd = () => {
      clearTimer(timer);
      release();
    };
    run.effects.then(onEnd, onEnd);
  }

  /**
   * Stops a run whose time is up. If it has ended and its result is on its way, waits for that a little
   * longer.
   */
  #timeUp(run: Run, timeout: number): TimerId | undefined {
    if (!run.isWaiting && this.#pool.stateOf(run) === "ended") {
      return after(SOON_MS, () => this.#stop(run, run.timedOut(timeout)));
    }
    this.#stop(run, run.timedOut(timeout));
    return undefined;
  }

  #stop(run: Run, reason: unknown): void {
    if (run.isSettled) return;
    run.reject(reason);
    if (run.isWaiting) {
      this.#stopped++;
      if (this.#stopped > MIN_SWEPT && this.#stopped * 2 > this.#waiting.size) this.#sweep();
    } else if (!this.#pool.revoke(run)) {
      this.#pool.abort(run, reason);
    }
  }

  #sweep(): void {
    for (const run of this.#waiting.drain()) if (!run.isSettled) this.#waiting.push(run);
    this.#stopped = 0;
  }

  #bind(routine: Routine): Binding {
    let binding = this.#bindings.get(routine);
    if (binding === undefined) {
      const config = faithfulCopy({ ...routine.config }, "config") as Binding["config"];
      binding = { routine, config, flowId: "", routineId: "" };
      this.#bindings.set(routine, binding);
    }
    return binding;
  }

  #configure(routine: Routine): ConfiguredRuns {
    let configured = this.#configured.get(routine);
    if (configured === undefined) {
      configured = new ConfiguredRuns(routine);
      this.#configured.set(routine, configured);
    }
    return configured;
  }
}

/**
 * Options of `pool.run`.
 *
 * @example A run with a limit
 * ```ts
 * import { type RunOptions, WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * const options: RunOptions = { timeout: 10_000, signal: new AbortController().signal };
 * const { emits } = await pool.run(fibonacci, "n", 20, options);
 * console.log(emits[0]?.payload); // 6765
 * ```
 */
export interface RunOptions<Config extends object = object> extends TransferOptions {
  /** Changes to the routine's config, for this run alone. */
  readonly config?: Partial<Config>;
  /** Stops the run: the promise rejects at once with the signal's reason, and `ctx.signal` aborts. */
  readonly signal?: AbortSignal;
  /**
   * The time after which the run is stopped, in milliseconds. The clock starts with the call, so waiting for
   * a worker counts.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /**
   * Called with each report of the handler's `ctx.progress`. An error that it throws, or rejects with, is
   * passed to the pool's `onUncaught`.
   */
  readonly onProgress?: (data: unknown) => void;
}

/**
 * The effects of a standalone run.
 *
 * @example Testing a routine without a flow
 * ```ts
 * import { WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * const { emits } = await pool.run(fibonacci, "n", 7);
 * console.log(emits.map(({ event, payload }) => [event, payload])); // [ [ "result", 13 ] ]
 * const { sharedData } = await pool.run(total, "number", 5);
 * console.log(sharedData); // [ { key: "total", value: 5 } ]
 * ```
 */
export interface RunEffects<E extends NamedEvents<E>> extends Effects {
  /** The emits, in order. */
  readonly emits: readonly {
    [Name in NameOf<E>]: {
      /** The event's name. */
      readonly event: Name;
      /** A copy of the emitted payload. */
      readonly payload: EventPayload<Port<E, Name>>;
      /** The time of the emit, in epoch milliseconds. */
      readonly timestamp: number;
      /** `"resumed"` if a flow would hold the payload back until the job is resumed. */
      readonly when?: "resumed" | undefined;
      /** The time after which a flow would deliver the payload, in milliseconds; absent for at once. */
      readonly delay?: number | undefined;
    };
  }[NameOf<E>][];
}
