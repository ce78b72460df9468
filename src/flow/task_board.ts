// The tasks of a flow that its pool has, by job. `ActivationSource` adds them; `JobCalls`, `FlowRunner`,
// `Dispatcher`, `Expiries` and `Shutdown` revoke and stop them.

import { reviveError, serializeError } from "../data/serialized_error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { JobStopping } from "../engine/job_event.ts";
import { ActivationCancelledError } from "../errors/activation_errors.ts";
import type { Pool, TaskState } from "../pool/task.ts";
import type { ActivationTask, StopReason } from "./activation_task.ts";
import type { Interruptions } from "./interruptions.ts";

/** The activations of a flow at its pool: those at a worker, and those that wait for a worker. */
export class TaskBoard {
  readonly #pool: Pool;
  readonly #engine: Engine;
  readonly #interruptions: Interruptions;
  readonly #onRevoked: ((task: ActivationTask) => void) | undefined;

  /** The tasks by job, so that the cost of an operation on one job does not depend on the others. */
  readonly #tasks = new Map<Job, Map<LiveActivation, ActivationTask>>();
  #onEmpty: (() => void) | undefined;

  /**
   * @param pool The pool.
   * @param engine The source of activations that are to begin.
   * @param interruptions The source of interrupted attempts that are to be executed again.
   * @param onRevoked Called with each attempt that was revoked before it began.
   */
  constructor(
    pool: Pool,
    engine: Engine,
    interruptions: Interruptions,
    onRevoked?: (task: ActivationTask) => void,
  ) {
    this.#pool = pool;
    this.#engine = engine;
    this.#interruptions = interruptions;
    this.#onRevoked = onRevoked;
  }

  /** The number of jobs with activations at the pool; 0 if the pool has none. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Adds a task that the pool took. */
  add(task: ActivationTask): void {
    this.#tasks.getOrInsertComputed(task.job, () => new Map()).set(task.live, task);
  }

  /** Removes a task that has ended. */
  remove(task: ActivationTask): void {
    this.#delete(task.job, task.live);
  }

  /**
   * Revokes an activation from the pool, unless a worker has begun it. A revoked activation goes back to the
   * front of the queue that it was taken from.
   *
   * @returns `true` if the pool still has the activation, because a worker may have begun it.
   */
  revoke(job: Job, live: LiveActivation): boolean {
    const task = this.#get(job, live);
    if (task === undefined) return false;
    if (task.hasBegun || !this.#pool.revoke(task)) return true;
    this.#delete(job, live);
    if (task.isInterrupted) this.#interruptions.giveBack(task);
    else {
      this.#engine.giveBack(job, live);
      this.#onRevoked?.(task);
    }
    return false;
  }

  /**
   * Revokes the activations of a job that no worker has begun, and puts them back to the front of the job's
   * queue.
   *
   * @returns `true` if the pool had an activation that was not known to have begun.
   */
  revokeJob(job: Job): boolean {
    const unbegun = this.#of(job).filter((task) => !task.hasBegun).reverse();
    for (const { live } of unbegun) this.revoke(job, live);
    return unbegun.length > 0;
  }

  /** Returns the state of an activation; `undefined` if the pool does not have it. */
  stateOf(job: Job, live: LiveActivation): TaskState | undefined {
    const task = this.#get(job, live);
    return task && this.#pool.stateOf(task);
  }

  /**
   * Returns the time at which a worker began to execute an activation; `undefined` if none executes it now.
   */
  startedAt(job: Job, live: LiveActivation): number | undefined {
    const task = this.#get(job, live);
    return task && this.#pool.startedAt(task);
  }

  /** Asks an executing activation to stop, for the reason that determines its outcome. */
  stop(job: Job, live: LiveActivation, reason: Exclude<StopReason, { type: "job" }>): void {
    const task = this.#get(job, live);
    if (task === undefined || task.stopReason !== undefined) return;
    task.stopReason = reason;
    this.#pool.abort(task, reviveError(reason.error));
  }

  /** Asks the executing activations of a job to stop, because the job stops. */
  stopJob(job: Job, { outcome, error }: Pick<JobStopping, "outcome" | "error">): void {
    const cause = reviveError(error);
    for (const task of this.#of(job)) {
      const { activationId } = task;
      const reason = outcome === "cancelled" ? cause : new ActivationCancelledError(
        `job "${job.jobId}" has failed: ${cause.message}`,
        { cause, flowId: job.flowId, jobId: job.jobId, activationId },
      );
      task.stopReason ??= { type: "job", error: serializeError(reason) };
      this.#pool.abort(task, reason);
    }
  }

  /**
   * Revokes the activations that no worker has begun, asks the others to stop, and waits until they have
   * ended.
   */
  async clear(reason: Error): Promise<void> {
    for (const job of [...this.#tasks.keys()]) {
      for (const task of this.#of(job)) {
        if (this.revoke(job, task.live)) this.#pool.abort(task, reason);
      }
    }
    if (this.#tasks.size > 0) await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  #get(job: Job, live: LiveActivation): ActivationTask | undefined {
    return this.#tasks.get(job)?.get(live);
  }

  /** Returns a snapshot of the tasks of a job. */
  #of(job: Job): ActivationTask[] {
    return [...this.#tasks.get(job)?.values() ?? []];
  }

  #delete(job: Job, live: LiveActivation): void {
    const own = this.#tasks.get(job);
    own?.delete(live);
    if (own?.size === 0) this.#tasks.delete(job);
    if (this.#tasks.size === 0) this.#onEmpty?.();
  }
}
