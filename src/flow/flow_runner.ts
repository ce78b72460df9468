import { now } from "../data/clock.ts";
import { reviveError, serializeError } from "../data/serialized_error.ts";
import type { Command } from "../engine/decide.ts";
import { Engine, type JobStart } from "../engine/engine.ts";
import { hasEnded, type Job } from "../engine/job.ts";
import type { JobEvent, JobStopping } from "../engine/job_event.ts";
import { KeyLocks } from "../engine/key_locks.ts";
import { ActivationCancelledError } from "../errors/activation_cancelled_error.ts";
import { JobCancelledError } from "../errors/job_cancelled_error.ts";
import type { Routes } from "../graph/routes.ts";
import type { Binding, Pool, Task, TaskSource } from "../pool/task.ts";
import { ActivationTask, type TaskHost } from "./activation_task.ts";
import { EventFeed } from "./event_feed.ts";
import { JobView } from "./job_state.ts";

/** Runs the jobs of a flow: gives the engine's activations to a pool, and the outcomes back. */
export class FlowRunner implements TaskSource, TaskHost {
  /** The jobs, by id. */
  readonly jobs = new Map<string, JobView>();
  /** Where the JobEvents go. */
  readonly feed = new EventFeed();
  readonly #flowId: string;
  readonly #bindings: ReadonlyMap<string, Binding>;
  readonly #engine: Engine;
  readonly #limit: number;
  readonly #pool: Pool;
  readonly #executing = new Map<string, ActivationTask>();
  readonly #locks = new WeakMap<Job, KeyLocks<Task>>();
  readonly #pausedWithFlow = new Set<Job>();
  #isPaused = false;

  constructor(
    flowId: string,
    bindings: ReadonlyMap<string, Binding>,
    routes: Routes,
    limit: number,
    pool: Pool,
  ) {
    this.#flowId = flowId;
    this.#bindings = bindings;
    this.#limit = limit;
    this.#engine = new Engine(flowId, routes, limit);
    this.#pool = pool;
    pool.attach(this);
  }

  /** Starts a job whose id is free. */
  start(start: JobStart): JobView {
    const event = this.#engine.start(start, now());
    const job = this.#engine.jobs.get(start.jobId) as Job;
    const view = new JobView(job);
    this.jobs.set(start.jobId, view);
    this.#publish(job, event);
    if (this.#isPaused) this.#pauseWithFlow(job);
    this.#pool.wake();
    return view;
  }

  /** Cancels a job. */
  cancel(jobId: string, reason: unknown): void {
    const error = new JobCancelledError(jobId, reason, { flowId: this.#flowId });
    this.execute(this.#job(jobId), { type: "cancel", error: serializeError(error) });
  }

  /** Pauses a job, or all of them and those to come. */
  pause(jobId: string | undefined): void {
    if (jobId !== undefined) return this.execute(this.#job(jobId), { type: "pause" });
    this.#isPaused = true;
    for (const job of this.#engine.jobs.values()) {
      if (job.status === "running") this.#pauseWithFlow(job);
    }
  }

  /** Resumes a job, or all that were paused with the flow. */
  resume(jobId: string | undefined): void {
    const jobs = jobId === undefined ? [...this.#pausedWithFlow] : [this.#job(jobId)];
    if (jobId === undefined) this.#isPaused = false;
    for (const job of jobs) {
      this.#pausedWithFlow.delete(job);
      this.execute(job, { type: "resume" });
    }
    this.#pool.wake();
  }

  /** Cancels what runs, waits for its end, and takes nothing more. */
  async close(reason: Error): Promise<void> {
    this.fail(reason);
    await Promise.all([...this.jobs.values()].map((job) => job.waitForCompletion()));
    this.#pool.detach(this);
    this.feed.close();
  }

  get ready(): number {
    return this.#engine.ready;
  }

  get maxWorkers(): number {
    return this.#limit;
  }

  take(): ActivationTask | undefined {
    const turn = this.#engine.take();
    if (turn === undefined) return undefined;
    const { job, live } = turn;
    const { activationId, routineId } = live.activation;
    this.execute(job, { type: "begin", activationId, workerId: "" });
    const binding = this.#bindings.get(routineId) as Binding;
    const task = new ActivationTask(this, job, live, binding, "");
    this.#executing.set(activationId, task);
    return task;
  }

  fail(error: Error): void {
    for (const job of this.#engine.jobs.values()) {
      if (!hasEnded(job)) this.cancel(job.jobId, error);
    }
  }

  execute(job: Job, command: Command): void {
    for (const event of this.#engine.execute(job, command, now())) this.#publish(job, event);
  }

  locksOf(job: Job): KeyLocks<Task> {
    const known = this.#locks.get(job);
    if (known !== undefined) return known;
    const locks = new KeyLocks<Task>();
    this.#locks.set(job, locks);
    return locks;
  }

  ended(task: ActivationTask): void {
    this.#executing.delete(task.activationId);
    this.#pool.wake();
  }

  #publish(job: Job, event: JobEvent): void {
    this.feed.publish(event);
    if (event.type === "job_stopping") this.#abort(job, event);
    if (hasEnded(job)) this.jobs.get(job.jobId)?.settle();
  }

  /** Tells the activations of a job that are being executed to stop. */
  #abort(job: Job, { outcome, error }: JobStopping): void {
    const cause = reviveError(error);
    for (const { activation: { activationId } } of job.live.values()) {
      const task = this.#executing.get(activationId);
      if (task === undefined) continue;
      const reason = outcome === "cancelled" ? cause : new ActivationCancelledError(
        `job "${job.jobId}" has failed: ${cause.message}`,
        { cause, flowId: job.flowId, jobId: job.jobId, activationId },
      );
      this.#pool.abort(task, reason);
    }
  }

  #pauseWithFlow(job: Job): void {
    this.#pausedWithFlow.add(job);
    this.execute(job, { type: "pause" });
  }

  #job(jobId: string): Job {
    return this.#engine.jobs.get(jobId) as Job;
  }
}
