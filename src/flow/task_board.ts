import { reviveError, serializeError } from "../data/serialized_error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { JobStopping } from "../engine/job_event.ts";
import { ActivationCancelledError } from "../errors/activation_cancelled_error.ts";
import type { Pool, TaskState } from "../pool/task.ts";
import type { ActivationTask, StopReason } from "./activation_task.ts";

/** The activations of a flow that its pool has: given to a worker, or about to be. */
export class TaskBoard {
  readonly #pool: Pool;
  readonly #engine: Engine;
  readonly #tasks = new Map<LiveActivation, ActivationTask>();
  #onEmpty: (() => void) | undefined;

  constructor(pool: Pool, engine: Engine) {
    this.#pool = pool;
    this.#engine = engine;
  }

  /** How many activations the pool has. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Notes a task that the pool took. */
  add(task: ActivationTask): void {
    this.#tasks.set(task.live, task);
  }

  /** Strikes a task out that has ended. */
  remove(task: ActivationTask): void {
    this.#tasks.delete(task.live);
    if (this.#tasks.size === 0) this.#onEmpty?.();
  }

  /**
   * Takes an activation back from the pool, if no worker has begun it.
   *
   * @returns Whether a worker has it.
   */
  recall(live: LiveActivation): boolean {
    const task = this.#tasks.get(live);
    if (task === undefined) return false;
    if (task.hasBegun || !this.#pool.revoke(task)) return true;
    this.#tasks.delete(live);
    return false;
  }

  /**
   * Takes the activations of a job back from the pool that no worker has begun; they are the first to
   * be taken again.
   *
   * @returns Whether any was with the pool and not known to have begun.
   */
  recallJob(job: Job): boolean {
    const unbegun = [...this.#tasks.values()]
      .filter((task) => task.job === job && !task.hasBegun)
      .reverse();
    for (const { live } of unbegun) if (!this.recall(live)) this.#engine.giveBack({ job, live });
    return unbegun.length > 0;
  }

  /** How far an activation is; `undefined` if the pool does not have it. */
  stateOf(live: LiveActivation): TaskState | undefined {
    const task = this.#tasks.get(live);
    return task && this.#pool.stateOf(task);
  }

  /** When a worker began to execute an activation; `undefined` if none is at it now. */
  startedAt(live: LiveActivation): number | undefined {
    const task = this.#tasks.get(live);
    return task && this.#pool.startedAt(task);
  }

  /** Tells an activation that is being executed to stop, for the reason that it will have ended by. */
  stop(live: LiveActivation, reason: Exclude<StopReason, { type: "job" }>): void {
    const task = this.#tasks.get(live);
    if (task === undefined || task.stopReason !== undefined) return;
    task.stopReason = reason;
    this.#pool.abort(task, reviveError(reason.error));
  }

  /** Tells the activations of a job that are being executed to stop, as the job does. */
  stopJob(job: Job, { outcome, error }: Pick<JobStopping, "outcome" | "error">): void {
    const cause = reviveError(error);
    for (const task of [...this.#tasks.values()]) {
      if (task.job !== job) continue;
      const { activationId } = task;
      const reason = outcome === "cancelled" ? cause : new ActivationCancelledError(
        `job "${job.jobId}" has failed: ${cause.message}`,
        { cause, flowId: job.flowId, jobId: job.jobId, activationId },
      );
      task.stopReason ??= { type: "job", error: serializeError(reason) };
      this.#pool.abort(task, reason);
    }
  }

  /** Takes back what no worker has begun, tells the rest to stop, and waits until that has ended. */
  async clear(reason: Error): Promise<void> {
    for (const task of [...this.#tasks.values()]) {
      if (this.recall(task.live)) this.#pool.abort(task, reason);
    }
    if (this.#tasks.size > 0) await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }
}
