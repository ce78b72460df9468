import {
  placed,
  reviveError,
  type SerializedError,
  serializeError,
} from "../data/serialized_error.ts";
import type { ActivationCommand } from "../engine/decide.ts";
import type { ReadyActivation } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Execution } from "../engine/job_event.ts";
import type { KeyLocks } from "../engine/key_locks.ts";
import { PoisonedActivationError } from "../errors/activation_errors.ts";
import { WorkerLostError } from "../errors/worker_errors.ts";
import type { Place } from "../errors/place.ts";
import { UncaughtError } from "../errors/value_errors.ts";
import type { Found } from "../routine/found.ts";
import type { Binding, Outcome, Task } from "../pool/task.ts";
import type { Committed } from "../routine/committed.ts";
import { type Effects, hasEffects } from "../routine/effects.ts";

/** The services of a flow that an activation uses. */
export interface TaskHost {
  /** The number of lost workers after which an activation is not tried again. */
  readonly maxCrashes: number;
  /** Does what is asked of a job. */
  execute(job: Job, command: ActivationCommand): void;
  /** Refuses what cannot be stored of how far an activation is. */
  checkProgress(data: unknown): void;
  /** Refuses effects that cannot be stored, or are too much. */
  checkEffects(job: Job, routineId: string, effects: Effects): void;
  /** Resolves when all that happened so far is stored, and the job has room for more. */
  flushed(task: ActivationTask): Promise<void>;
  /** The task is executed once more: what it waited for is not waited for any more. */
  restarted(task: ActivationTask): void;
  /** The locks on a job's shared data. */
  locksOf(job: Job): KeyLocks<Task>;
  /** No worker has the task any more; what comes of it is not decided yet. */
  ending(task: ActivationTask): void;
  /** The attempt was interrupted, and has ended without effects: it is to be executed once more. */
  interrupted(task: ActivationTask): void;
  /** The task has ended. */
  ended(task: ActivationTask): void;
}

/** Why an executing task was asked to stop: this, and not what comes of it, is how it ended. */
export type StopReason =
  /** Its time is up. */
  | { readonly type: "fail"; readonly error: SerializedError; readonly isLast: boolean }
  /** It was cancelled by itself. */
  | { readonly type: "drop"; readonly error: SerializedError }
  /** It waited for a store that cannot be written, and is to be executed once more. */
  | { readonly type: "interrupt"; readonly error: SerializedError }
  /** Its job was stopped. */
  | { readonly type: "job"; readonly error: SerializedError };

/** The errors for the loss of a worker. */
const CRASHES: ReadonlySet<string> = new Set([WorkerLostError.name, UncaughtError.name]);

/** One attempt at an activation of a flow's job: its outcome is reported to the engine. */
export class ActivationTask implements Task {
  readonly job: Job;
  readonly live: LiveActivation;
  readonly binding: Binding;
  readonly transfer: readonly Transferable[] | undefined;
  readonly attempt: number;
  handle: unknown = undefined;
  /** Why it was asked to stop, if it was. */
  stopReason: StopReason | undefined;
  readonly #host: TaskHost;
  #workerId: string | undefined;
  /** The error of a progress report that was refused. */
  #refusal: SerializedError | undefined;
  readonly #isInterrupted: boolean;
  #hasLocks = false;

  /**
   * @param host The runner of its flow.
   * @param turn The activation.
   * @param binding The routine.
   * @param mayMove Whether what its payload moves may leave this thread.
   * @param isInterrupted Whether this is an attempt that has begun already, and was interrupted.
   */
  constructor(
    host: TaskHost,
    { job, live }: ReadyActivation,
    binding: Binding,
    mayMove: boolean,
    isInterrupted: boolean,
  ) {
    this.#host = host;
    this.job = job;
    this.live = live;
    this.binding = binding;
    this.transfer = mayMove ? live.activation.transfer : undefined;
    this.#isInterrupted = isInterrupted;
    this.attempt = live.attempt + (isInterrupted ? 0 : 1);
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

  /** Checks whether a worker executes it, as far as is known. */
  get hasBegun(): boolean {
    return this.#workerId !== undefined;
  }

  begin(workerId: string): void {
    this.#workerId = workerId;
    if (this.#isInterrupted) return;
    this.#execute({ type: "begin", activationId: this.activationId, workerId });
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
      this.#execute({ type: "progress", activationId: this.activationId, data });
    } catch (error) {
      // The handler is past it; it is reported when the activation ends.
      this.#refusal ??= serializeError(error);
    }
  }

  /**
   * The effects that earlier attempts, and this one before it was executed once more, have
   * committed.
   */
  get committed(): Committed | number | undefined {
    const { committed, flushes } = this.live;
    return committed ?? (flushes === 0 ? undefined : flushes);
  }

  flush(effects: Effects, committed: Committed): Promise<void> {
    try {
      if (this.stopReason !== undefined) throw reviveError(this.stopReason.error);
      // Nothing is left where all was committed by an earlier attempt.
      if (hasEffects(effects)) {
        this.#host.checkEffects(this.job, this.binding.routineId, effects);
        this.#execute({ type: "flush", activationId: this.activationId, effects, committed });
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
    // A copy, as the state is changed in place when something commits.
    return { ...this.job.routineStates.get(this.binding.routineId) };
  }

  lock(keys: readonly string[], grant: (values: ReadonlyMap<string, Found>) => void): void {
    this.#hasLocks = true;
    this.#host.locksOf(this.job).request(this, keys, () => {
      grant(new Map(keys.map((key) => [key, this.get(key)])));
    });
  }

  /** The ids that place what happens to it. */
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
      this.#execute({ type: "complete", activationId, effects, execution });
    } catch (error) {
      // Once it has committed, nothing is refused any more.
      if (this.live.state === "ended") throw error;
      this.#fail(serializeError(error), execution, false, false);
    }
  }

  #interrupted({ error }: StopReason, execution: Execution | undefined): void {
    // Of a job that stops nothing is executed once more.
    if (this.job.stopping !== undefined) return this.#fail(error, execution, false, true);
    this.#host.interrupted(this);
  }

  #stopped(
    reason: Exclude<StopReason, { type: "job" | "interrupt" }>,
    { error, execution }: Outcome,
  ): void {
    if (reason.type === "drop") {
      const { activationId } = this;
      return this.#execute({ type: "drop", activationId, error: reason.error, execution });
    }
    const crashed = error !== undefined && CRASHES.has(error.name);
    // The error that the handler threw on the abort becomes the cause.
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
    this.#execute({ type: "fail", activationId, error, execution, crashed, isLast, chance });
  }

  #poisoned(last: SerializedError, crashes: number): SerializedError {
    const { activationId } = this;
    const message =
      `activation "${activationId}" of "${this.binding.routineId}" has lost ${crashes} workers and is set aside; see its cause, or allow more by maxCrashes`;
    return { ...serializeError(new PoisonedActivationError(message)), cause: { error: last } };
  }

  #execute(command: ActivationCommand): void {
    this.#host.execute(this.job, command);
  }

  #release(): void {
    if (!this.#hasLocks) return;
    this.#hasLocks = false;
    this.#host.locksOf(this.job).release(this);
  }
}
