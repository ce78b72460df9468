// Connects the engine of a flow with its store and its pool. `Flow` asks it for its status and ends it;
// `CommitLog`, `ActivationSource` and `Shutdown` report events to it.

import { now } from "../data/clock.ts";
import { type SerializedError, serializeError } from "../data/serialized_error.ts";
import { Engine } from "../engine/engine.ts";
import { isEnd } from "../engine/is_end.ts";
import { type FlowStats, flowStats } from "../engine/flow_stats.ts";
import { hasEnded, type Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { ActivationSource, type SourceHost } from "./activation_source.ts";
import type { ActivationTask } from "./activation_task.ts";
import { Backpressure } from "./backpressure.ts";
import { CommitLog } from "./commit_log.ts";
import { Dispatcher, type DispatchHost } from "./dispatcher.ts";
import { countEarlierStarts } from "./earlier_starts.ts";
import { Feeds } from "./feeds.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { FlowStatus } from "./flow_status.ts";
import { GuardedTrace } from "./guarded_trace.ts";
import { Interruptions } from "./interruptions.ts";
import { type CallsHost, JobCalls } from "./job_calls.ts";
import { JobClocks } from "./job_clocks.ts";
import { JobTable } from "./job_table.ts";
import { LimitTimers } from "./limit_timers.ts";
import { ReaderHolds } from "./reader_holds.ts";
import { Shutdown, type ShutdownHost } from "./shutdown.ts";
import type { StatusReport } from "./status_report.ts";
import type { SteppingHost } from "./step_control.ts";
import { StoredJobs } from "./stored_jobs.ts";
import { Suspects } from "./suspects.ts";
import { TaskBoard } from "./task_board.ts";
import { TaskDesk } from "./task_desk.ts";

/**
 * Runs the jobs of a flow: creates the parts that do so, acts on the reports of the store and the pool, and ends
 * with its flow. `JobCalls` turns calls of users into commands, `Dispatcher` puts the commands into effect,
 * `ActivationSource` passes activations to the pool, and `TaskDesk` serves them while the pool has them.
 */
export class FlowRunner implements SourceHost, ShutdownHost, DispatchHost, CallsHost, SteppingHost {
  /** The jobs, by id. */
  readonly jobs: JobTable;
  /** The calls of users for the jobs. */
  readonly calls: JobCalls;
  /** The bounds of the queues, which starts may have to wait for. */
  readonly backpressure: Backpressure;
  /** The jobs that are being fed. */
  readonly feeds: Feeds;
  readonly #parts: FlowParts;
  readonly #limitTimers: LimitTimers;
  readonly #engine: Engine;
  readonly #dispatcher: Dispatcher;
  readonly #log: CommitLog;
  readonly #source: ActivationSource;
  readonly #holds: ReaderHolds;
  readonly #board: TaskBoard;
  readonly #interruptions: Interruptions;
  readonly #stored: StoredJobs;
  readonly #status: StatusReport;
  /** The trace of the flow, if it is traced. */
  readonly #trace: GuardedTrace | undefined;
  readonly #clocks = new JobClocks();
  readonly #suspects = new Suspects(() => this.#suspectsChanged());
  #isReleased = false;
  readonly #shutdown: Shutdown;
  /** The time at which the outage of the store began, by this thread's clock. */
  #haltedAt: number | undefined;

  constructor(parts: FlowParts) {
    const { flowId, rules, maxWorkers, concurrency, pool, store, limits, feed, status } = parts;
    this.#parts = parts;
    this.jobs = new JobTable(store, flowId);
    this.#limitTimers = new LimitTimers(this);
    this.#engine = new Engine(flowId, rules, this.#limitTimers);
    countEarlierStarts(parts, this.#engine.limits);
    this.#interruptions = new Interruptions(pool);
    const trace = this.#trace = this.#openTrace();
    const onRevoked = trace && ((task: ActivationTask) => trace.revoked(task));
    this.#board = new TaskBoard(pool, this.#engine, this.#interruptions, onRevoked);
    this.#log = new CommitLog(store, {
      committed: (events) => this.#committed(events),
      halted: () => this.#halted(),
      outlasted: (error) => {
        this.#interruptions.interrupt(error);
        this.#shutdown.outlasted();
      },
      resumed: () => this.#resumed(),
      caughtUp: () => {
        this.feeds.releaseAll();
        this.wake();
      },
      refused: (jobId, error) => this.#refused(jobId, error),
    });
    this.#stored = new StoredJobs(
      store,
      this.#log,
      (job) => this.#engine.waitsOf(job, this.#clocks.now(job)),
    );
    this.#status = status;
    const strands = Math.ceil(pool.concurrency / pool.maxWorkers);
    const width = Math.min(concurrency, maxWorkers * strands);
    this.backpressure = new Backpressure(limits, width, pool, this.#engine);
    this.feeds = new Feeds(
      store,
      { log: this.#log, backpressure: this.backpressure },
      (job, command) => this.#dispatcher.dispatch(job, command),
    );
    this.#holds = new ReaderHolds(feed, pool);
    feed.onHold = (jobId) => this.#held(jobId);
    parts.steps.host = this;
    const shared = {
      engine: this.#engine,
      log: this.#log,
      board: this.#board,
      backpressure: this.backpressure,
      feeds: this.feeds,
      holds: this.#holds,
      interruptions: this.#interruptions,
      suspects: this.#suspects,
      clocks: this.#clocks,
      trace,
    };
    this.#dispatcher = new Dispatcher(this, parts, shared);
    const callParts = {
      ...shared,
      dispatcher: this.#dispatcher,
      jobs: this.jobs,
      stored: this.#stored,
    };
    this.calls = new JobCalls(this, parts, callParts);
    this.#shutdown = new Shutdown(this, { ...callParts, calls: this.calls });
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
    return this.calls.isPaused ? "paused" : "running";
  }

  /** Returns the present numbers of the flow. */
  stats(): FlowStats {
    const jobs = [...this.#engine.jobs()].filter((job) => !hasEnded(job));
    return flowStats(
      this.#parts.bindings.keys(),
      jobs.map((job) => [job, this.#clocks.now(job)] as const),
      this.#engine.limits.gates(),
      now(),
      (routineId) => this.#engine.limits.singleStartsOf(routineId),
    );
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

  /** Cancels all running jobs, waits for their end, and then stops using pool and store. */
  close(reason: Error): Promise<void> {
    return this.#ended(this.#shutdown.close(reason));
  }

  /** Leaves the jobs to a later process, and stops using pool and store. */
  leave(reason: Error): Promise<void> {
    return this.#ended(this.#shutdown.leave(reason));
  }

  /**
   * Forgets an ended job that the store has dropped. A JobState of it that the caller still holds stays
   * readable.
   */
  forget(jobId: string): void {
    const view = this.jobs.heldOne(jobId);
    this.jobs.forget(jobId);
    if (view === undefined) return;
    if (!this.#parts.store.isDurable) view.keep(this.#stored.readerOf(view.job));
    // The store may drop a job in the same commit that ends it.
    view.settle();
  }

  /** Closes the log and the timers of a flow that its pool has refused. */
  discard(reason: Error): void {
    this.#log.close(reason);
    this.#dispatcher.close();
    this.#limitTimers.close();
    this.#trace?.close();
  }

  /** Detaches the flow from its pool, stops its timers, and ends its readers. */
  release(): void {
    this.#log.flushNow();
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.jobs.close();
    this.#parts.pool.detach(this.#source);
    this.#dispatcher.close();
    this.#limitTimers.close();
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

  hasNoPlace(job: Job, error: SerializedError): void {
    if (!this.#shutdown.isLeaving) {
      this.#dispatcher.dispatch(job, { type: "stop", outcome: "failed", error });
    }
  }

  #committed(events: readonly JobEvent[]): void {
    this.#stored.changed();
    for (const event of events) {
      this.#parts.feed.publish(event);
      this.#parts.steps.observe(event);
      if (isEnd(event)) this.#settle(event.jobId);
    }
  }

  /** Called when a job, or the flow, begins or ceases to wait for its readers. */
  #held(jobId: string | undefined): void {
    if (jobId !== undefined) this.hold(jobId);
    this.#holds.release();
    this.wake();
  }

  /** Holds the activations of a job while a reader of it is slow, or a breakpoint has stopped it. */
  hold(jobId: string): void {
    const { feed, steps } = this.#parts;
    const job = this.#engine.job(jobId);
    if (job !== undefined) {
      this.#engine.hold(job, feed.isHoldingJob(jobId) || steps.isStopped(jobId));
    }
  }

  revokeUnbegun(): void {
    for (const job of this.#engine.jobs()) this.#board.revokeJob(job);
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
    if (this.#suspects.isExclusive) this.backpressure.releaseEmitters();
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
    this.feeds.releaseAll();
    this.statusChanged();
    this.wake();
  }

  /** Abandons a job whose latest events the store refuses, as no later event of the job could be stored. */
  #refused(jobId: string, error: Error): void {
    const job = this.#engine.job(jobId);
    const view = this.jobs.heldOne(jobId);
    if (job === undefined) return;
    this.#parts.steps.forget(jobId);
    this.#board.revokeJob(job);
    this.#board.stopJob(job, { outcome: "failed", error: serializeError(error) });
    const interrupted = this.#interruptions.drop(job);
    for (const live of job.live.values()) this.#suspects.ended(live);
    this.#engine.forget(jobId);
    for (const live of interrupted) this.#engine.left(job, live);
    this.backpressure.release(job);
    this.feeds.forget(job);
    this.#log.forget(job);
    this.#clocks.forget(job);
    this.#dispatcher.deadlines.forget(job);
    view?.leave(error);
    this.jobs.forget(jobId);
    this.#parts.feed.end(jobId);
    this.#trace?.abandoned(job, error);
  }

  #openTrace(): GuardedTrace | undefined {
    const { flowId, pool, tracing } = this.#parts;
    if (tracing === undefined) return undefined;
    const engine = this.#engine;
    const flow = {
      flowId,
      pool,
      get queued() {
        return engine.queued;
      },
      get limited() {
        return engine.limits.isEmpty ? undefined : engine.limits.waiting;
      },
    };
    return new GuardedTrace(tracing, flow, this.#clocks);
  }

  /** Ends the trace with the flow. */
  #ended(ending: Promise<void>): Promise<void> {
    const trace = this.#trace;
    return trace === undefined ? ending : ending.finally(() => trace.close());
  }

  statusChanged(): void {
    this.#status.update(this.status, this.#log.error);
  }
}
