// The tasks of a flow that its pool has. `ActivationSource` adds them; `JobCalls`, `FlowRunner`,
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

  /** The tasks, in the order in which the pool took them. */
  readonly #tasks = new Map<LiveActivation, ActivationTask>();
  #taken = 0;
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

  /** The number of activations at the pool. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Adds a task that the pool took. */
  add(task: ActivationTask): void {
    task.order = ++this.#taken;
    this.#tasks.set(task.live, task);
  }

  /** Removes a task that has ended. */
  remove(task: ActivationTask): void {
    this.#delete(task.live);
  }

  /**
   * Revokes an activation from the pool, unless a worker has begun it. A revoked activation goes back to the
   * front of the queue that it was taken from.
   *
   * @returns `true` if the pool still has the activation, because a worker may have begun it.
   */
  revoke(job: Job, live: LiveActivation): boolean {
    const task = this.#tasks.get(live);
    if (task === undefined) return false;
    // If its worker was lost, it waits for another one and must not leave the pool. While it is running, it cannot be
    // revoked, but its worker does not go straight on from it any more.
    if (task.hasBegun && this.#pool.stateOf(task) !== "running") return true;
    if (!this.#pool.revoke(task)) return true;
    this.#delete(live);
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
    const tasks = this.#of(job).reverse();
    const unbegun = tasks.filter((task) => !task.hasBegun);
    for (const { live } of tasks) this.revoke(job, live);
    return unbegun.length > 0;
  }

  /** Returns the state of an activation; `undefined` if the pool does not have it. */
  stateOf(live: LiveActivation): TaskState | undefined {
    const task = this.#tasks.get(live);
    return task && this.#pool.stateOf(task);
  }

  /**
   * Returns the time at which a worker began to execute an activation; `undefined` if none executes it now.
   */
  startedAt(live: LiveActivation): number | undefined {
    const task = this.#tasks.get(live);
    return task && this.#pool.startedAt(task);
  }

  /** Asks an executing activation to stop, for the reason that determines its outcome. */
  stop(live: LiveActivation, reason: Exclude<StopReason, { type: "job" }>): void {
    const task = this.#tasks.get(live);
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
    for (const task of [...this.#tasks.values()]) {
      if (this.revoke(task.job, task.live)) this.#pool.abort(task, reason);
    }
    if (this.#tasks.size > 0) await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  /**
   * Returns a snapshot of the tasks of a job, in the order in which the pool took them. It passes through the
   * activations of the job, as stopping or pausing the job does, or through the tasks of the pool, if these are fewer:
   * an index by job would cost a map for each activation.
   */
  #of(job: Job): ActivationTask[] {
    if (this.#tasks.size < job.live.size) {
      return [...this.#tasks.values()].filter((task) => task.job === job);
    }
    const tasks: ActivationTask[] = [];
    for (const live of job.live.values()) {
      const task = this.#tasks.get(live);
      if (task !== undefined) tasks.push(task);
    }
    return tasks.sort((a, b) => a.order - b.order);
  }

  #delete(live: LiveActivation): void {
    this.#tasks.delete(live);
    if (this.#tasks.size === 0) this.#onEmpty?.();
  }
}
