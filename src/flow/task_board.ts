import { reviveError, serializeError } from "../data/serialized_error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { JobStopping } from "../engine/job_event.ts";
import { ActivationCancelledError } from "../errors/activation_errors.ts";
import type { Pool, TaskState } from "../pool/task.ts";
import type { ActivationTask, StopReason } from "./activation_task.ts";

/** The activations of a flow that its pool has: given to a worker, or about to be. */
export class TaskBoard {
  readonly #pool: Pool;
  readonly #engine: Engine;
  /** By job, so that what is done to one job costs nothing by the others. */
  readonly #tasks = new Map<Job, Map<LiveActivation, ActivationTask>>();
  #onEmpty: (() => void) | undefined;

  constructor(pool: Pool, engine: Engine) {
    this.#pool = pool;
    this.#engine = engine;
  }

  /** Number of activations that the pool has. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Notes a task that the pool took. */
  add(task: ActivationTask): void {
    this.#tasks.getOrInsertComputed(task.job, () => new Map()).set(task.live, task);
  }

  /** Strikes a task out that has ended. */
  remove(task: ActivationTask): void {
    this.#delete(task.job, task.live);
    if (this.#tasks.size === 0) this.#onEmpty?.();
  }

  /**
   * Takes an activation back from the pool, if no worker has begun it.
   *
   * @returns Whether a worker has it.
   */
  revoke(job: Job, live: LiveActivation): boolean {
    const task = this.#get(job, live);
    if (task === undefined) return false;
    if (task.hasBegun || !this.#pool.revoke(task)) return true;
    this.#delete(job, live);
    return false;
  }

  /**
   * Takes the activations of a job back from the pool that no worker has begun; they are the first to
   * be taken again.
   *
   * @returns Whether any was with the pool and not known to have begun.
   */
  revokeJob(job: Job): boolean {
    const unbegun = this.#of(job).filter((task) => !task.hasBegun).reverse();
    for (const { live } of unbegun) {
      if (!this.revoke(job, live)) this.#engine.giveBack({ job, live });
    }
    return unbegun.length > 0;
  }

  /** The state of an activation; `undefined` if the pool does not have it. */
  stateOf(job: Job, live: LiveActivation): TaskState | undefined {
    const task = this.#get(job, live);
    return task && this.#pool.stateOf(task);
  }

  /** When a worker began to execute an activation; `undefined` if none is at it now. */
  startedAt(job: Job, live: LiveActivation): number | undefined {
    const task = this.#get(job, live);
    return task && this.#pool.startedAt(task);
  }

  /** Tells an activation that is being executed to stop, for the reason that it will have ended by. */
  stop(job: Job, live: LiveActivation, reason: Exclude<StopReason, { type: "job" }>): void {
    const task = this.#get(job, live);
    if (task === undefined || task.stopReason !== undefined) return;
    task.stopReason = reason;
    this.#pool.abort(task, reviveError(reason.error));
  }

  /** Tells the activations of a job that are being executed to stop, as the job does. */
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

  /** Takes back what no worker has begun, asks the rest to stop, and waits until that has ended. */
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

  /** The tasks of a job, as they are now. */
  #of(job: Job): ActivationTask[] {
    return [...this.#tasks.get(job)?.values() ?? []];
  }

  #delete(job: Job, live: LiveActivation): void {
    const own = this.#tasks.get(job);
    own?.delete(live);
    if (own?.size === 0) this.#tasks.delete(job);
  }
}
