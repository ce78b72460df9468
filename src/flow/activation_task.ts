// One attempt at an activation, as the pool executes it. `ActivationSource` creates it. The pool passes the
// reports of the worker to it, and it passes them to the `TaskDesk` as commands.

import {
  placed,
  reviveError,
  type SerializedError,
  serializeError,
} from "../data/serialized_error.ts";
import type { ActivationCommand, CountedRate } from "../engine/command.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Execution } from "../engine/job_event.ts";
import type { KeyLocks } from "../engine/key_locks.ts";
import { PoisonedActivationError } from "../errors/activation_errors.ts";
import { WorkerLostError } from "../errors/worker_errors.ts";
import type { Place } from "../errors/place.ts";
import { UncaughtError } from "../errors/value_errors.ts";
import type { Found } from "../routine/found.ts";
import type { Binding, Outcome, Receiver, Task } from "../pool/task.ts";
import type { Committed } from "../routine/committed.ts";
import { hasEffects } from "../routine/effect_parts.ts";
import type { Effects } from "../routine/effects.ts";

/** The errors for the loss of a worker. */
const CRASHES: ReadonlySet<string> = new Set([WorkerLostError.name, UncaughtError.name]);

/** One attempt at an activation of a flow's job. Reports its outcome to the engine. */
export class ActivationTask implements Task {
  readonly job: Job;
  readonly live: LiveActivation;
  readonly binding: Binding;
  readonly transfer: readonly Transferable[] | undefined;
  readonly traceparent: string | undefined;
  readonly attempt: number;
  /** The receivers to which its worker may go straight on, if it may. */
  readonly ways: ReadonlyMap<string, Receiver> | undefined;
  /** `true` if this attempt has begun before, and was interrupted. */
  readonly isInterrupted: boolean;
  handle: unknown = undefined;
  /** Its place in the order in which the pool took the tasks of the flow; set by `TaskBoard`. */
  order = 0;
  /** The reason for which it was asked to stop, if it was. */
  stopReason: StopReason | undefined;
  /** `true` once its effects were committed, unless its job was stopping. */
  hasCommitted = false;
  readonly #host: TaskHost;
  #workerId: string | undefined;
  /** The error of the first progress report that was refused. */
  #refusal: SerializedError | undefined;
  #hasLocks = false;

  /**
   * @param host The runner of its flow.
   * @param job The job.
   * @param live The activation.
   * @param binding The routine.
   * @param mayMove `true` if the objects that its payload moves may be detached from this thread.
   * @param isInterrupted `true` if this repeats an attempt that had begun and was interrupted.
   * @param trace The trace of its flow, if it is traced.
   * @param ways The receivers to which its worker may go straight on, if it may.
   */
  constructor(
    host: TaskHost,
    job: Job,
    live: LiveActivation,
    binding: Binding,
    mayMove: boolean,
    isInterrupted: boolean,
    trace?: TraceOfAttempts,
    ways?: ReadonlyMap<string, Receiver>,
  ) {
    this.#host = host;
    this.job = job;
    this.live = live;
    this.binding = binding;
    this.transfer = mayMove ? live.activation.transfer : undefined;
    this.isInterrupted = isInterrupted;
    this.attempt = live.attempt + (isInterrupted ? 0 : 1);
    this.ways = ways;
    this.traceparent = trace?.traceparentOf(this);
  }

  get jobId(): string {
    return this.job.jobId;
  }

  get activationId(): string {
    return this.live.activation.activationId;
  }

  get slot(): string {
    return this.live.activation.slot;
  }

  get payload(): unknown {
    return this.live.activation.payload;
  }

  /** Checks whether a worker is known to execute it. */
  get hasBegun(): boolean {
    return this.#workerId !== undefined;
  }

  begin(workerId: string): void {
    this.#workerId = workerId;
    // The attempt has begun before; its handler is called again.
    if (this.isInterrupted) return this.#host.restarted(this);
    const rated = this.#host.rateOf(this);
    this.#dispatch(
      rated === undefined
        ? { type: "begin", activationId: this.activationId, workerId }
        : { type: "begin", activationId: this.activationId, workerId, rated },
    );
  }

  end(outcome: Outcome): void {
    this.#host.ending(this);
    const { stopReason } = this;
    const { execution } = outcome;
    if (stopReason?.type === "interrupt") {
      this.#interrupted(stopReason, execution);
    } else if (stopReason !== undefined && stopReason.type !== "job") {
      this.#stopped(stopReason, outcome);
    } else if (outcome.error === undefined) {
      this.#complete(outcome.effects, outcome.execution);
    } else {
      this.#fail(outcome.error, execution, CRASHES.has(outcome.error.name), false);
    }
    this.#release();
    this.#host.ended(this);
  }

  restart(): void {
    this.#refusal = undefined;
    this.#release();
    this.#host.restarted(this);
  }

  progress(data: unknown): void {
    try {
      this.#host.checkProgress(data);
      this.#dispatch({ type: "progress", activationId: this.activationId, data });
    } catch (error) {
      // The handler has gone on, so the error is reported when the activation ends.
      this.#refusal ??= serializeError(error);
    }
  }

  /**
   * The effects that were committed by earlier attempts, and by this one if it is executed again; the number
   * of flushes if they were not recorded.
   */
  get committed(): Committed | number | undefined {
    const { committed, flushes } = this.live;
    return committed ?? (flushes === 0 ? undefined : flushes);
  }

  flush(effects: Effects, committed: Committed): Promise<void> {
    try {
      if (this.stopReason !== undefined) throw reviveError(this.stopReason.error);
      // No effects are left if an earlier attempt has committed all of them.
      if (hasEffects(effects)) {
        this.#host.checkEffects(this.job, this.binding.routineId, effects);
        this.#dispatch({ type: "flush", activationId: this.activationId, effects, committed });
      }
    } finally {
      this.#release();
    }
    return this.#host.flushed(this);
  }

  get(key: string): Found {
    const { sharedData } = this.job;
    return { found: sharedData.has(key), value: sharedData.get(key) };
  }

  keys(): string[] {
    return [...this.job.sharedData.keys()];
  }

  routineState(): Readonly<Record<string, unknown>> {
    // Copied, as a commit changes the state in place.
    return { ...this.job.routineStates?.get(this.binding.routineId) };
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    this.#hasLocks = true;
    this.#host.locksOf(this.job).request(this, keys, () => {
      grant(new Map(keys.map((key) => [key, this.get(key)])));
    });
  }

  /** The ids of its place, for errors. */
  get place(): Place {
    const { flowId, routineId } = this.binding;
    const { jobId, slot, activationId, attempt } = this;
    return { flowId, jobId, routineId, slot, activationId, attempt, workerId: this.#workerId };
  }

  #complete(effects: Effects, execution: Execution): void {
    const { activationId } = this;
    if (this.#refusal !== undefined) return this.#fail(this.#refusal, execution, false, false);
    try {
      this.#host.checkEffects(this.job, this.binding.routineId, effects);
      this.#dispatch({ type: "complete", activationId, effects, execution });
      this.hasCommitted = true;
    } catch (error) {
      // Errors after the commit are not errors of the effects.
      if (this.live.state === "ended") throw error;
      this.#fail(serializeError(error), execution, false, false);
    }
  }

  #interrupted({ error }: StopReason, execution: Execution | undefined): void {
    // A job that is stopping executes nothing again.
    if (this.job.stopping !== undefined) return this.#fail(error, execution, false, true);
    this.#host.interrupted(this);
  }

  #stopped(
    reason: Exclude<StopReason, { type: "job" | "interrupt" }>,
    { error, execution }: Outcome,
  ): void {
    if (reason.type === "drop") {
      const { activationId } = this;
      return this.#dispatch({ type: "drop", activationId, error: reason.error, execution });
    }
    const crashed = error !== undefined && CRASHES.has(error.name);
    // The error that the handler threw after the abort becomes the cause.
    const cause = error === undefined ? undefined : { cause: { error } };
    this.#fail({ ...reason.error, ...cause }, execution, crashed, reason.isLast);
  }

  #fail(
    thrown: SerializedError,
    execution: Execution | undefined,
    crashed: boolean,
    isLast: boolean,
  ): void {
    const { activationId } = this;
    const crashes = this.live.crashes + (crashed ? 1 : 0);
    const isPoison = crashes > 1 && crashes >= this.#host.maxCrashes;
    const error = placed(isPoison ? this.#poisoned(thrown, crashes) : thrown, this.place);
    const chance = Math.random();
    this.#dispatch({ type: "fail", activationId, error, execution, crashed, isLast, chance });
  }

  #poisoned(last: SerializedError, crashes: number): SerializedError {
    const { activationId } = this;
    const message =
      `activation "${activationId}" of "${this.binding.routineId}" has lost ${crashes} workers and is not retried; see its cause, or allow more by maxCrashes`;
    return { ...serializeError(new PoisonedActivationError(message)), cause: { error: last } };
  }

  #dispatch(command: ActivationCommand): void {
    this.#host.dispatch(this.job, command);
  }

  #release(): void {
    if (!this.#hasLocks) return;
    this.#hasLocks = false;
    this.#host.locksOf(this.job).release(this);
  }
}

/** The services of a flow that its tasks use. */
export interface TaskHost {
  /** The number of lost workers or processes after which an activation is not retried. */
  readonly maxCrashes: number;
  /** Puts a command to a job into effect. */
  dispatch(job: Job, command: ActivationCommand): void;
  /** Returns the rate that an attempt counts to, if that has to be recorded. */
  rateOf(task: ActivationTask): CountedRate | undefined;
  /** Throws if a report of progress cannot be stored. */
  checkProgress(data: unknown): void;
  /** Throws if effects cannot be stored, or would queue too many activations. */
  checkEffects(job: Job, routineId: string, effects: Effects): void;
  /** Resolves when all JobEvents so far are stored, and the job may queue more activations. */
  flushed(task: ActivationTask): Promise<void>;
  /** Called when the task is executed again, so that the waits of its flushes end. */
  restarted(task: ActivationTask): void;
  /** Returns the locks on a job's shared data. */
  locksOf(job: Job): KeyLocks<Task>;
  /** Called when no worker holds the task any more, before its outcome is decided. */
  ending(task: ActivationTask): void;
  /** Called when the attempt was interrupted, and has ended without effects: it has to be executed again. */
  interrupted(task: ActivationTask): void;
  /** Called when the task has ended. */
  ended(task: ActivationTask): void;
}

/** The part of a flow's trace that its tasks use. */
export interface TraceOfAttempts {
  /** Returns the span of an attempt that is about to be sent to a worker, if it has one. */
  traceparentOf(task: ActivationTask): string | undefined;
}

/**
 * The reason for which an executing task was asked to stop. It determines the outcome of the task, whatever
 * the handler does afterwards.
 */
export type StopReason =
  /** A timeout of the activation ran out. */
  | { readonly type: "fail"; readonly error: SerializedError; readonly isLast: boolean }
  /** The activation was cancelled on its own. */
  | { readonly type: "drop"; readonly error: SerializedError }
  /** The activation waited for a store that cannot be written, and has to be executed again. */
  | { readonly type: "interrupt"; readonly error: SerializedError }
  /** The job was stopped. */
  | { readonly type: "job"; readonly error: SerializedError };
