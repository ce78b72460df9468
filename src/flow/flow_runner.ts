import { now } from "../data/clock.ts";
import { placed, reviveError, serializeError } from "../data/serialized_error.ts";
import type { Command, Rules } from "../engine/decide.ts";
import { Engine, type JobStart } from "../engine/engine.ts";
import { hasEnded, type Job, type LiveActivation } from "../engine/job.ts";
import type { JobEvent, JobStopping, Wait } from "../engine/job_event.ts";
import { KeyLocks } from "../engine/key_locks.ts";
import { ActivationCancelledError } from "../errors/activation_cancelled_error.ts";
import { ActivationTimeoutError } from "../errors/activation_timeout_error.ts";
import { JobCancelledError } from "../errors/job_cancelled_error.ts";
import { JobTimeoutError } from "../errors/job_timeout_error.ts";
import { SignalTimeoutError } from "../errors/signal_timeout_error.ts";
import type { Binding, Pool, Task, TaskSource } from "../pool/task.ts";
import type { Effects } from "../routine/effects.ts";
import type { Store } from "../store/store.ts";
import { ActivationTask, type StopReason, type TaskHost } from "./activation_task.ts";
import { Backpressure, type QueueLimits } from "./backpressure.ts";
import { CommitLog } from "./commit_log.ts";
import { type Clock, type DeadlineHost, Deadlines } from "./deadlines.ts";
import { EventFeed } from "./event_feed.ts";
import { JobView } from "./job_view.ts";

/** What a flow is, for the one that runs it. */
export interface FlowParts {
  readonly flowId: string;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly rules: Rules;
  readonly maxWorkers: number;
  readonly pool: Pool;
  readonly store: Store;
  readonly limits: QueueLimits;
}

/** Runs the jobs of a flow: gives the engine's activations to a pool, and the outcomes back. */
export class FlowRunner implements TaskSource, TaskHost, DeadlineHost {
  /** The jobs, by id. */
  readonly jobs = new Map<string, JobView>();
  /** Where the JobEvents go. */
  readonly feed = new EventFeed();
  /** The greatest number of workers that execute activations of the flow at once. */
  readonly maxWorkers: number;
  readonly #parts: FlowParts;
  readonly #engine: Engine;
  readonly #log: CommitLog;
  readonly #deadlines: Deadlines;
  readonly #backpressure: Backpressure;
  /** The activations that the pool has. */
  readonly #tasks = new Map<LiveActivation, ActivationTask>();
  readonly #locks = new WeakMap<Job, KeyLocks<Task>>();
  readonly #pausedWithFlow = new Set<Job>();
  #isPaused = false;
  #isSuspended = false;
  #onIdle: (() => void) | undefined;

  constructor(parts: FlowParts) {
    const { flowId, rules, maxWorkers, pool, store, limits } = parts;
    this.#parts = parts;
    this.maxWorkers = maxWorkers;
    this.#engine = new Engine(flowId, rules);
    this.#log = new CommitLog(store, {
      committed: (events) => this.#committed(events),
      halted: (error) => this.#halted(error),
    });
    this.#deadlines = new Deadlines(this, rules.policies);
    this.#backpressure = new Backpressure(limits, maxWorkers, pool, () => this.#engine.queued);
    pool.attach(this);
  }

  /** What keeps the store from keeping what happens, if anything does. */
  get error(): Error | undefined {
    return this.#log.error;
  }

  /** Starts a job whose id is free. */
  start(start: JobStart): JobView {
    this.#backpressure.checkFlow(this.#parts.flowId);
    const event = this.#engine.start(start, now());
    const job = this.#engine.job(start.jobId) as Job;
    const view = this.#view(job);
    this.#publish(job, [event]);
    if (this.#isPaused) this.#pauseWithFlow(job);
    return view;
  }

  /**
   * Takes over a job as another process left it.
   *
   * @param job The job.
   * @param events Its JobEvents, if they are not kept yet.
   */
  adopt(job: Job, events: readonly JobEvent[] = []): JobView {
    const at = now();
    const view = this.#view(job);
    this.#engine.adopt(job, at);
    if (events.length > 0) this.#log.add(job, events);
    else this.execute(job, { type: "recover" });
    this.#deadlines.adopt(job, at);
    if (this.#isPaused) this.#pauseWithFlow(job);
    this.#parts.pool.wake();
    return view;
  }

  /** Cancels a job. */
  cancel(jobId: string, reason: unknown): void {
    const error = new JobCancelledError(jobId, reason, { flowId: this.#parts.flowId });
    this.#stop(this.#job(jobId), "cancelled", error);
  }

  /**
   * Cancels one activation; its job goes on without it.
   *
   * @returns Whether the job has it.
   */
  cancelActivation(jobId: string, activationId: string, reason: unknown): boolean {
    const job = this.#job(jobId);
    const live = job.live.get(activationId);
    if (live === undefined) return false;
    const { routineId, slot } = live.activation;
    const { flowId } = this.#parts;
    const place = { flowId, jobId, routineId, slot, activationId };
    const error = serializeError(
      new ActivationCancelledError(`activation "${activationId}" was cancelled`, {
        cause: reason,
        ...place,
      }),
    );
    if (this.#recall(live)) this.#stopTask(live, { type: "drop", error });
    else this.execute(job, { type: "drop", activationId, error });
    return true;
  }

  /** Pauses a job, or all of them and those to come. */
  pause(jobId: string | undefined): void {
    if (jobId !== undefined) return this.#pause(this.#job(jobId));
    this.#isPaused = true;
    for (const job of this.#engine.jobs()) {
      if (job.status === "running" || job.status === "pending") this.#pauseWithFlow(job);
    }
  }

  /** Resumes a job, or all that were paused with the flow. */
  resume(jobId: string | undefined): void {
    this.#log.flush();
    const jobs = jobId === undefined ? [...this.#pausedWithFlow] : [this.#job(jobId)];
    if (jobId === undefined) this.#isPaused = false;
    for (const job of jobs) {
      this.#pausedWithFlow.delete(job);
      this.execute(job, { type: "resume" });
    }
    this.#parts.pool.wake();
  }

  /** Brings a signal to a job. */
  signal(jobId: string, signal: string, payload: unknown): void {
    this.execute(this.#job(jobId), { type: "signal", signal, payload });
  }

  /** Cancels what runs, waits for its end, and takes nothing more. */
  async close(reason: Error): Promise<void> {
    this.fail(reason);
    await Promise.allSettled([...this.jobs.values()].map((job) => job.waitForCompletion()));
    this.release();
  }

  /** Leaves the jobs to a later process: what executes is told to stop, and will be begun again. */
  async suspend(reason: Error): Promise<void> {
    this.#isSuspended = true;
    for (const view of this.jobs.values()) view.halt(reason);
    for (const task of [...this.#tasks.values()]) {
      if (this.#recall(task.live)) this.#parts.pool.abort(task, reason);
    }
    if (this.#tasks.size > 0) await new Promise<void>((resolve) => this.#onIdle = resolve);
    this.release();
  }

  /** The store keeps an ended job no longer; who has its JobState can still read it. */
  forget(jobId: string): void {
    const view = this.jobs.get(jobId);
    this.jobs.delete(jobId);
    if (view !== undefined && !this.#parts.store.isDurable) view.keep(this.#eventsOf(jobId));
  }

  /** Lets go of everything, and leaves the jobs as they are. */
  release(): void {
    this.#log.flush();
    this.#parts.pool.detach(this);
    this.#deadlines.close();
    this.feed.close();
  }

  get maxCrashes(): number {
    return this.#parts.rules.maxCrashes;
  }

  get ready(): number {
    return this.#isHalted ? 0 : this.#engine.ready;
  }

  take(): ActivationTask | undefined {
    if (this.#isHalted) return undefined;
    const turn = this.#engine.take();
    if (turn === undefined) return undefined;
    const { routineId } = turn.live.activation;
    const binding = this.#parts.bindings.get(routineId) as Binding;
    // What is moved is gone here, so it is not to be needed again.
    const mayMove = !this.#parts.rules.policies.get(routineId)?.mayRetry &&
      !this.#parts.store.isDurable;
    const task = new ActivationTask(this, turn, binding, mayMove);
    this.#tasks.set(turn.live, task);
    return task;
  }

  fail(error: Error): void {
    for (const job of this.#engine.jobs()) {
      if (!hasEnded(job)) this.cancel(job.jobId, error);
    }
  }

  execute(job: Job, command: Command): void {
    if (this.#isSuspended && command.type === "fail") return;
    const at = now();
    let events = this.#engine.decide(job, command, at);
    // What is at a worker and may have begun has to be known before it is dropped.
    if (events.some(({ type }) => type === "job_stopping") && this.#recallJob(job)) {
      events = this.#engine.decide(job, command, at);
    }
    if (events.length === 0) return;
    this.#engine.apply(job, events);
    this.#publish(job, events);
  }

  checkEffects(job: Job, { emits, sharedData, sharedLog, routineState }: Effects): void {
    this.#backpressure.check(job, emits.length);
    const { store } = this.#parts;
    if (store.assertStorable === undefined) return;
    for (const { event, payload } of emits) store.assertStorable(payload, `payload of "${event}"`);
    for (const write of sharedData) {
      if (!write.deleted) store.assertStorable(write.value, `sharedData.${write.key}`);
    }
    for (const { data } of sharedLog) store.assertStorable(data, "sharedLog entry");
    store.assertStorable(routineState, "routineState");
  }

  committed(): Promise<void> {
    return this.#log.settled();
  }

  async flushed(job: Job): Promise<void> {
    await this.#log.settled();
    await this.#backpressure.roomToEmit(job);
  }

  /** Resolves when another job can be started. */
  roomForJob(): Promise<void> {
    return this.#backpressure.roomForJob();
  }

  /** Keeps what happened so far, at once. */
  flush(): void {
    this.#log.flush();
  }

  locksOf(job: Job): KeyLocks<Task> {
    const known = this.#locks.get(job);
    if (known !== undefined) return known;
    const locks = new KeyLocks<Task>();
    this.#locks.set(job, locks);
    return locks;
  }

  ended(task: ActivationTask): void {
    this.#tasks.delete(task.live);
    if (this.#tasks.size === 0) this.#onIdle?.();
    if (task.live.state === "ended") this.#deadlines.forget(task.job, task.live);
    this.#parts.pool.wake();
  }

  due(job: Job, live: LiveActivation): void {
    this.#engine.due(job, live);
    this.#parts.pool.wake();
  }

  timedOut(job: Job, live: LiveActivation, clock: Clock, timeout: number): void {
    const isAtWorker = this.#recall(live);
    if (clock === "queue" && isAtWorker) return;
    const { activationId, routineId, slot } = live.activation;
    const { flowId } = this.#parts;
    const place = { flowId, jobId: job.jobId, routineId, slot, activationId };
    const attempt = live.attempt;
    const error = placed(
      serializeError(
        new ActivationTimeoutError(
          `"${routineId}" ${
            TOOK_TOO_LONG[clock]
          } ${timeout} ms; allow more by ${clock}Timeout, or do less at a time`,
          { ...place, attempt, clock },
        ),
      ),
      place,
    );
    const isLast = clock === "total";
    if (isAtWorker) return this.#stopTask(live, { type: "fail", error, isLast });
    const chance = Math.random();
    this.execute(job, { type: "fail", activationId, error, execution: undefined, isLast, chance });
  }

  jobTimedOut(job: Job): void {
    const { jobId, flowId, deadline = 0, createdAt } = job;
    const timeout = Math.round(deadline - createdAt);
    const message = `job "${jobId}" did not end within its timeout of ${timeout} ms`;
    this.#stop(job, "failed", new JobTimeoutError(message, { flowId, jobId }));
  }

  waitTimedOut(job: Job, { waitId, signal, routineId, slot, timeout, activationId }: Wait): void {
    const { jobId, flowId } = job;
    const error = serializeError(
      new SignalTimeoutError(
        `nobody sent the signal "${signal}" that "${routineId}" waits for within ${timeout} ms; send it by flow.signal, or wait longer`,
        { flowId, jobId, routineId, slot, activationId },
      ),
    );
    this.execute(job, { type: "expire", waitId, error, chance: Math.random() });
  }

  get #isHalted(): boolean {
    return this.#isSuspended || this.#log.error !== undefined;
  }

  #stop(job: Job, outcome: "failed" | "cancelled", error: Error): void {
    this.execute(job, { type: "stop", outcome, error: serializeError(error) });
  }

  #publish(job: Job, events: readonly JobEvent[]): void {
    this.#log.add(job, events);
    for (const event of events) {
      this.#deadlines.watch(job, event);
      if (event.type === "job_stopping") this.#abort(job, event);
    }
    this.#backpressure.release();
    if (this.ready > 0) this.#parts.pool.wake();
  }

  /** Tells the activations of a job that are being executed to stop. */
  #abort(job: Job, { outcome, error }: JobStopping): void {
    const cause = reviveError(error);
    for (const task of this.#tasks.values()) {
      if (task.job !== job) continue;
      const { activationId } = task;
      const reason = outcome === "cancelled" ? cause : new ActivationCancelledError(
        `job "${job.jobId}" has failed: ${cause.message}`,
        { cause, flowId: job.flowId, jobId: job.jobId, activationId },
      );
      task.stopReason ??= { type: "job" };
      this.#parts.pool.abort(task, reason);
    }
  }

  /** Tells an activation that is being executed to stop, for the reason that it will have ended by. */
  #stopTask(live: LiveActivation, reason: Exclude<StopReason, { type: "job" }>): void {
    const task = this.#tasks.get(live);
    if (task === undefined || task.stopReason !== undefined) return;
    task.stopReason = reason;
    this.#parts.pool.abort(task, reviveError(reason.error));
  }

  /**
   * Takes an activation back from the pool, if no worker has begun it.
   *
   * @returns Whether a worker has it.
   */
  #recall(live: LiveActivation): boolean {
    const task = this.#tasks.get(live);
    if (task === undefined) return false;
    if (task.hasBegun || !this.#parts.pool.revoke(task)) return true;
    this.#tasks.delete(live);
    return false;
  }

  /**
   * Takes the activations of a job back from the pool that no worker has begun; they are the first to
   * be taken again.
   *
   * @returns Whether any was with the pool and not known to have begun.
   */
  #recallJob(job: Job): boolean {
    const unbegun = [...this.#tasks.values()]
      .filter((task) => task.job === job && !task.hasBegun)
      .reverse();
    for (const { live } of unbegun) if (!this.#recall(live)) this.#engine.giveBack({ job, live });
    return unbegun.length > 0;
  }

  #pause(job: Job): void {
    this.#recallJob(job);
    this.execute(job, { type: "pause" });
  }

  #pauseWithFlow(job: Job): void {
    this.#pausedWithFlow.add(job);
    this.#pause(job);
  }

  #committed(events: readonly JobEvent[]): void {
    for (const event of events) {
      this.feed.publish(event);
      if (isEnd(event)) this.#settle(event.jobId);
    }
  }

  #settle(jobId: string): void {
    this.jobs.get(jobId)?.settle();
    const job = this.#engine.job(jobId);
    if (job === undefined) return;
    this.#log.forget(job);
    this.#pausedWithFlow.delete(job);
    this.#engine.forget(jobId);
  }

  #halted(error: Error): void {
    for (const view of this.jobs.values()) view.halt(error);
  }

  #view(job: Job): JobView {
    const { jobId } = job;
    const view = new JobView(job, () => {
      this.#log.flush();
      return this.#eventsOf(jobId);
    });
    this.jobs.set(jobId, view);
    return view;
  }

  #eventsOf(jobId: string): readonly JobEvent[] {
    return this.#parts.store.read(jobId)?.events ?? [];
  }

  #job(jobId: string): Job {
    return this.jobs.get(jobId)?.job as Job;
  }
}

const TOOK_TOO_LONG: Readonly<Record<Clock, string>> = {
  queue: "was not begun within",
  run: "did not end within",
  total: "did not succeed, retries included, within",
};

function isEnd({ type }: JobEvent): boolean {
  return type === "job_completed" || type === "job_failed" || type === "job_cancelled";
}
