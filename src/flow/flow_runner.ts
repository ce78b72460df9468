// Connects the engine of a flow with its store and its pool. `Flow` passes the calls of users to it;
// `CommitLog`, `ActivationSource` and `Shutdown` report events to it.

import { now } from "../data/clock.ts";
import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import { Engine } from "../engine/engine.ts";
import { isEnd } from "../engine/is_end.ts";
import { executingOf, type Job, type LiveActivation } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { JobCancelledError } from "../errors/job_errors.ts";
import { activationCancelled } from "./activation_cancelled.ts";
import { ActivationSource, type SourceHost } from "./activation_source.ts";
import { Backpressure } from "./backpressure.ts";
import { CommitLog } from "./commit_log.ts";
import { Dispatcher, type DispatchHost } from "./dispatcher.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { FlowStatus } from "./flow_status.ts";
import { Interruptions } from "./interruptions.ts";
import { JobClocks } from "./job_clocks.ts";
import { JobTable } from "./job_table.ts";
import { JobView } from "./job_view.ts";
import { poisonedBy } from "./poisoned_by.ts";
import { ReaderHolds } from "./reader_holds.ts";
import { Shutdown, type ShutdownHost } from "./shutdown.ts";
import type { StatusReport } from "./status_report.ts";
import { StoredJobs } from "./stored_jobs.ts";
import { Suspects } from "./suspects.ts";
import { TaskBoard } from "./task_board.ts";
import type { TimedStart } from "./timed_start.ts";
import { TaskDesk } from "./task_desk.ts";

/**
 * Runs the jobs of a flow: turns calls of users into commands, acts on the reports of the store, and ends
 * with its flow. `Dispatcher` puts the commands into effect, `ActivationSource` passes activations to the
 * pool, and `TaskDesk` serves them while the pool has them.
 */
export class FlowRunner implements SourceHost, ShutdownHost, DispatchHost {
  /** The jobs, by id. */
  readonly jobs: JobTable;
  readonly #parts: FlowParts;
  readonly #engine: Engine;
  readonly #dispatcher: Dispatcher;
  readonly #log: CommitLog;
  readonly #source: ActivationSource;
  readonly #backpressure: Backpressure;
  readonly #holds: ReaderHolds;
  readonly #board: TaskBoard;
  readonly #interruptions: Interruptions;
  readonly #stored: StoredJobs;
  readonly #status: StatusReport;
  readonly #clocks = new JobClocks();
  readonly #suspects = new Suspects(() => this.#suspectsChanged());
  #isPaused = false;
  #isReleased = false;
  readonly #shutdown: Shutdown;
  /** The time at which the outage of the store began, by this thread's clock. */
  #haltedAt: number | undefined;

  constructor(parts: FlowParts) {
    const { flowId, rules, maxWorkers, concurrency, pool, store, limits, feed, status } = parts;
    this.#parts = parts;
    this.jobs = new JobTable(store, flowId);
    this.#engine = new Engine(flowId, rules);
    this.#interruptions = new Interruptions(pool);
    this.#board = new TaskBoard(pool, this.#engine, this.#interruptions);
    this.#log = new CommitLog(store, {
      committed: (events) => this.#committed(events),
      halted: () => this.#halted(),
      outlasted: (error) => {
        this.#interruptions.interrupt(error);
        this.#shutdown.outlasted();
      },
      resumed: () => this.#resumed(),
      caughtUp: () => this.wake(),
      refused: (jobId, error) => this.#refused(jobId, error),
    });
    this.#stored = new StoredJobs(store, this.#log);
    this.#status = status;
    const strands = Math.ceil(pool.concurrency / pool.maxWorkers);
    const width = Math.min(concurrency, maxWorkers * strands);
    this.#backpressure = new Backpressure(limits, width, pool, () => this.#engine.queued);
    this.#holds = new ReaderHolds(feed, pool);
    feed.onHold = (jobId) => this.#held(jobId);
    const shared = {
      engine: this.#engine,
      log: this.#log,
      board: this.#board,
      backpressure: this.#backpressure,
      holds: this.#holds,
      interruptions: this.#interruptions,
      suspects: this.#suspects,
      clocks: this.#clocks,
    };
    this.#dispatcher = new Dispatcher(this, parts, shared);
    this.#shutdown = new Shutdown(this, { ...shared, jobs: this.jobs });
    this.#source = new ActivationSource(
      this,
      new TaskDesk(this.#dispatcher, parts, shared),
      parts,
      shared,
    );
  }

  /** Attaches the flow to its pool, which then takes its activations. */
  attach(): void {
    this.#parts.pool.attach(this.#source);
  }

  /** The error of the store, during an outage. */
  get error(): Error | undefined {
    return this.#log.error;
  }

  /** The state of the flow. */
  get status(): FlowStatus {
    if (this.#shutdown.isFinished) return "closed";
    if (this.#log.error !== undefined) return "halted";
    if (this.#shutdown.hasBegun) return "closed";
    return this.#isPaused ? "paused" : "running";
  }

  /** Checks whether a job has not ended, or has events that are not stored yet. */
  isRunning(jobId: string): boolean {
    return this.#engine.job(jobId) !== undefined;
  }

  /**
   * Refuses work once the pool or the flow is closed.
   *
   * @throws {ClosedError} If the pool, or the flow, is closed.
   */
  checkOpen(): void {
    if (this.#shutdown.reason !== undefined) throw this.#shutdown.reason;
  }

  /** Starts a job. Its id must not be taken. */
  start(start: TimedStart): JobView {
    this.checkOpen();
    this.#backpressure.checkFlow(this.#parts.flowId);
    const { job, event } = this.#dispatcher.create(start);
    const view = this.#view(job);
    this.#dispatcher.publish(job, [event]);
    if (this.#isPaused) this.#pause(job, true);
    return view;
  }

  /**
   * Takes over a job of another process in its current state.
   *
   * @param job The job.
   * @param events The JobEvents of the job, if they are not stored yet.
   * @param aliveAt The last time at which the other process is known to have run, in epoch milliseconds.
   */
  adopt(job: Job, events: readonly JobEvent[] = [], aliveAt?: number): JobView {
    this.checkOpen();
    this.#dispatcher.prepare(events);
    this.#clocks.adopt(job);
    const at = this.#clocks.now(job);
    const view = this.#view(job);
    this.#engine.adopt(job, at);
    const begun = events.length > 0 ? [] : executingOf(job);
    if (events.length > 0) this.#log.add(job, events);
    else this.#dispatcher.dispatch(job, { type: "recover", aliveAt }, at);
    this.#dispatcher.deadlines.adopt(job, at);
    for (const live of begun) this.#lost(job, live);
    this.#dispatcher.deadlines.fire();
    if (this.#isPaused) this.#pause(job, true);
    this.wake();
    return view;
  }

  /** Cancels a job. */
  cancel(job: Job, reason: unknown): void {
    const { jobId, flowId } = job;
    const error = new JobCancelledError(jobId, reason, { flowId });
    this.#dispatcher.dispatch(job, {
      type: "stop",
      outcome: "cancelled",
      error: serializeError(error),
    });
  }

  /**
   * Cancels one activation; its job goes on without it.
   *
   * @returns `true` if the job has the activation.
   */
  cancelActivation(job: Job, activationId: string, reason: unknown): boolean {
    const live = job.live.get(activationId);
    if (live === undefined) return false;
    const error = activationCancelled(job, live, reason);
    if (this.#board.revoke(job, live)) this.#board.stop(job, live, { type: "drop", error });
    else this.#dispatcher.dispatch(job, { type: "drop", activationId, error });
    return true;
  }

  /** Pauses a job, or all current and future jobs. */
  pause(job: Job | undefined): void {
    if (job !== undefined) return this.#pause(job);
    this.#isPaused = true;
    for (const one of this.#engine.jobs()) {
      if (one.status === "running" || one.status === "pending") this.#pause(one, true);
    }
    this.statusChanged();
  }

  /** Resumes a job, or all jobs that were paused with the flow. */
  resume(job: Job | undefined): void {
    this.#log.flush();
    if (job !== undefined) this.#dispatcher.dispatch(job, { type: "resume" });
    else {
      this.#isPaused = false;
      for (const one of [...this.#engine.jobs()]) {
        if (one.status === "paused" && one.pausedWithFlow) {
          this.#dispatcher.dispatch(one, { type: "resume" });
        }
      }
      this.statusChanged();
    }
    this.wake();
  }

  /** Sends a signal to a job. */
  signal(job: Job, signal: string, payload: unknown): void {
    this.#dispatcher.dispatch(job, { type: "signal", signal, payload });
  }

  /** Withdraws waits of a job. */
  withdraw(job: Job, waitIds: readonly string[], reason: string | undefined): void {
    this.#dispatcher.dispatch(job, { type: "withdraw", waitIds, reason });
  }

  /** Cancels all running jobs, waits for their end, and then stops using pool and store. */
  close(reason: Error): Promise<void> {
    return this.#shutdown.close(reason);
  }

  /** Leaves the jobs to a later process, and stops using pool and store. */
  leave(reason: Error): Promise<void> {
    return this.#shutdown.leave(reason);
  }

  /**
   * Forgets an ended job that the store has dropped. A JobState of it that the caller still holds stays
   * readable.
   */
  forget(jobId: string): void {
    const view = this.jobs.heldOne(jobId);
    this.jobs.forget(jobId);
    if (view === undefined) return;
    if (!this.#parts.store.isDurable) view.keep(this.#stored.eventsOf(view.job));
    // The store may drop a job in the same commit that ends it.
    view.settle();
  }

  /** Closes the log and the deadlines of a flow that its pool has refused. */
  discard(reason: Error): void {
    this.#log.close(reason);
    this.#dispatcher.deadlines.close();
  }

  /** Detaches the flow from its pool, stops its timers, and ends its readers. */
  release(): void {
    this.#log.flushNow();
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.jobs.close();
    this.#parts.pool.detach(this.#source);
    this.#dispatcher.deadlines.close();
    this.#suspects.close();
    this.#parts.feed.close();
  }

  /**
   * Called when the pool is closed. Jobs in a durable store are left to a later process; others are
   * cancelled.
   */
  poolClosed(error: Error): void {
    void (this.#parts.store.isDurable ? this.#shutdown.suspend(error) : this.close(error));
  }

  cancelJob(job: Job, wasLeft: boolean, reason: Error): void {
    // The attempts of a job that was left execute no more, but have not been ended in its state.
    if (wasLeft) this.#dispatcher.dispatch(job, { type: "recover" });
    this.cancel(job, reason);
  }

  leaveJob(job: Job): void {
    this.#dispatcher.dispatch(job, { type: "leave" });
  }

  /** Checks whether another job can be started. */
  get hasRoomForJob(): boolean {
    return this.#backpressure.hasRoomForJob;
  }

  /** Resolves when another job can be started. Rejects when `signal` aborts. */
  roomForJob(signal?: AbortSignal): Promise<void> {
    return this.#backpressure.roomForJob(signal);
  }

  /** Stores all events so far, at once. */
  flush(): void {
    const wasHalted = this.#log.error !== undefined;
    this.#log.flush();
    if (wasHalted) this.wake();
  }

  /** Stores all events so far, and resolves when the store has answered. */
  async drained(): Promise<void> {
    const wasHalted = this.#log.error !== undefined;
    await this.#log.drained();
    if (wasHalted) this.wake();
  }

  /** Resolves when all events so far are stored. */
  persisted(): Promise<void> {
    return this.#log.settled();
  }

  get isHalted(): boolean {
    return this.#shutdown.isLeaving || this.#log.error !== undefined || this.#log.isBehind ||
      this.#dispatcher.isAsking || this.#parts.feed.isHolding;
  }

  get isLeaving(): boolean {
    return this.#shutdown.isLeaving;
  }

  offer(): void {
    if (this.#source.ready > 0) this.wake();
  }

  wake(): void {
    if (!this.#isReleased) this.#parts.pool.wake(this.#source);
  }

  /**
   * Handles an activation that was executing in a process that died: it is repeated, repeated alone, or
   * failed, depending on `maxCrashes`.
   */
  #lost(job: Job, live: LiveActivation): void {
    const { maxCrashes } = this.#parts.rules;
    if (live.state === "ended" || live.crashes < maxCrashes - 1) return;
    if (live.crashes < maxCrashes) return this.#suspects.add(live);
    const { activationId } = live.activation;
    const error = poisonedBy(job, live);
    const cause = { error, execution: undefined, crashed: false, isLast: true, chance: 0 };
    this.#dispatcher.dispatch(job, { type: "fail", activationId, ...cause });
  }

  hasNoPlace(job: Job, error: SerializedError): void {
    if (!this.#shutdown.isLeaving) {
      this.#dispatcher.dispatch(job, { type: "stop", outcome: "failed", error });
    }
  }

  #pause(job: Job, withFlow?: true): void {
    this.#board.revokeJob(job);
    this.#dispatcher.dispatch(job, { type: "pause", withFlow });
  }

  #committed(events: readonly JobEvent[]): void {
    this.#stored.changed();
    for (const event of events) {
      this.#parts.feed.publish(event);
      if (isEnd(event)) this.#settle(event.jobId);
    }
  }

  /** Called when a job, or the flow, begins or ceases to wait for its readers. */
  #held(jobId: string | undefined): void {
    const job = jobId === undefined ? undefined : this.#engine.job(jobId);
    if (job !== undefined) this.#engine.hold(job, this.#parts.feed.isHoldingJob(job.jobId));
    this.#holds.release();
    this.wake();
  }

  #settle(jobId: string): void {
    const view = this.jobs.heldOne(jobId);
    view?.settle();
    if (view !== undefined) this.jobs.ended(view);
    const job = this.#engine.job(jobId);
    if (job === undefined) return;
    this.#log.forget(job);
    this.#clocks.forget(job);
    this.#engine.forget(jobId);
  }

  #halted(): void {
    this.#haltedAt ??= now();
    if (!this.#parts.rules.countsOutages) this.#dispatcher.deadlines.hold();
    this.statusChanged();
  }

  /** Called when a suspect begins or ceases to exclude other activations. */
  #suspectsChanged(): void {
    // Emitters wait for room in the queue, which only other activations can make.
    if (this.#suspects.isExclusive) this.#backpressure.releaseEmitters();
    else this.wake();
  }

  /** Called when the store can be written again: excludes the outage from the clocks of the jobs. */
  #resumed(): void {
    const outage = now() - (this.#haltedAt ?? now());
    this.#haltedAt = undefined;
    for (const job of this.#shutdown.isLeaving ? [] : [...this.#engine.jobs()]) {
      if (this.#dispatcher.deadlines.concerns(job)) {
        this.#dispatcher.dispatch(job, { type: "stall", outage });
      }
    }
    this.#dispatcher.deadlines.release();
    this.statusChanged();
    this.wake();
  }

  /** Abandons a job whose latest events the store refuses, as no later event of the job could be stored. */
  #refused(jobId: string, error: Error): void {
    const job = this.#engine.job(jobId);
    const view = this.jobs.heldOne(jobId);
    if (job === undefined) return;
    this.#board.revokeJob(job);
    this.#board.stopJob(job, { outcome: "failed", error: serializeError(error) });
    this.#interruptions.drop(job);
    for (const live of job.live.values()) this.#suspects.ended(live);
    this.#engine.forget(jobId);
    this.#backpressure.release(job);
    this.#log.forget(job);
    this.#clocks.forget(job);
    this.#dispatcher.deadlines.forget(job);
    view?.leave(error);
    this.jobs.forget(jobId);
    this.#parts.feed.end(jobId);
  }

  statusChanged(): void {
    this.#status.update(this.status, this.#log.error);
  }

  #view(job: Job): JobView {
    const events = () => this.#stored.eventsOf(job);
    const view = new JobView(job, events, () => this.#stored.of(job));
    this.jobs.hold(view);
    return view;
  }
}
