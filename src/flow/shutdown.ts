// Ends the work of a flow when the flow or its pool is closed. `FlowRunner` asks it which work is still
// allowed, and carries out its requests.

import { hasEnded } from "../engine/job.ts";
import type { Engine } from "../engine/engine.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CommitLog } from "./commit_log.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Feeds } from "./feeds.ts";
import type { JobCalls } from "./job_calls.ts";
import type { JobTable } from "./job_table.ts";
import type { ReaderHolds } from "./reader_holds.ts";
import type { TaskBoard } from "./task_board.ts";

/**
 * The end of a flow.
 *
 * | phase      | executes                | stores           | left by                                     |
 * | ---------- | ----------------------- | ---------------- | ------------------------------------------- |
 * | running    | all activations         | all events       | `close`, `leave`, `suspend`                 |
 * | cancelling | attempts asked to stop  | all events       | the end of all jobs, or a lasting outage    |
 * | leaving    | attempts asked to stop  | all events       | the ends of all attempts                    |
 * | suspended  | nothing: no pool        | effects of calls | `close`, `leave`                            |
 * | finished   | nothing                 | nothing          | none: other processes may use the store now |
 *
 * A flow that is cancelling leaves its jobs if an outage of its store lasts, as a cancellation that is not
 * stored has no effect.
 */
export class Shutdown {
  readonly #host: ShutdownHost;
  readonly #parts: ShutdownParts;
  #phase: "running" | "cancelling" | "leaving" | "suspended" | "finished" = "running";
  /** The reason why no more jobs and activations are accepted. */
  #reason: Error | undefined;
  #isLeaving = false;
  #suspended: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #outage = Promise.withResolvers<void>();

  constructor(host: ShutdownHost, parts: ShutdownParts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** The reason why no more jobs and activations are accepted; `undefined` before the end has begun. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Checks whether no more jobs and activations are accepted. */
  get hasBegun(): boolean {
    return this.#phase !== "running";
  }

  /** Checks whether attempts that end now count as not made, as their jobs are left to a later process. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Checks whether the flow no longer uses the store. */
  get isFinished(): boolean {
    return this.#phase === "finished";
  }

  /** Cancels all running jobs, waits for their end, and then stops using pool and store. */
  close(reason: Error): Promise<void> {
    return this.#closing ??= this.#close(reason);
  }

  /** Leaves the jobs to a later process, and stops using pool and store. */
  leave(reason: Error): Promise<void> {
    return this.#closing ??= this.#leave(reason);
  }

  /** Leaves the jobs to a later process; they may still be cancelled in the store. */
  suspend(reason: Error): Promise<void> {
    return this.#suspended ??= this.#suspend(reason);
  }

  /** Called when an outage of the store lasts. */
  outlasted(): void {
    if (this.#phase === "cancelling") this.#outage.resolve();
  }

  async #close(reason: Error): Promise<void> {
    const { engine, log, board, jobs, calls, dispatcher } = this.#parts;
    log.flushNow();
    // A cancellation that cannot be stored has no effect, so the jobs are left.
    if (log.error !== undefined) return await this.#leave(reason);
    if (this.#suspended !== undefined) await this.#suspended;
    this.#begin("cancelling", reason);
    for (const job of engine.jobs()) {
      if (hasEnded(job)) continue;
      // Nothing executes a job that was left, though its attempts were not ended.
      if (this.#isLeaving) dispatcher.dispatch(job, { type: "recover" });
      calls.cancel(job, reason);
    }
    const ends = [...jobs.held()].map((job) => job.waitForCompletion());
    await Promise.race([Promise.allSettled(ends), this.#outage.promise]);
    if (log.error !== undefined) await board.clear(reason);
    for (const view of jobs.held()) view.leave(log.error ?? reason);
    await this.#finish(reason);
  }

  async #leave(reason: Error): Promise<void> {
    await this.suspend(reason);
    await this.#finish(reason);
  }

  async #suspend(reason: Error): Promise<void> {
    const { engine, log, board, jobs, dispatcher } = this.#parts;
    log.flushNow();
    this.#isLeaving = true;
    this.#begin("leaving", reason);
    for (const view of jobs.held()) view.leave(reason);
    log.giveUp(reason);
    await board.clear(reason);
    for (const job of [...engine.jobs()]) {
      if (!hasEnded(job)) dispatcher.dispatch(job, { type: "leave" });
    }
    await log.drained();
    this.#host.release();
    this.#phase = "suspended";
  }

  #begin(phase: "cancelling" | "leaving", reason: Error): void {
    this.#phase = phase;
    this.#reason ??= reason;
    this.#parts.feeds.close();
    this.#parts.backpressure.close(reason);
    this.#parts.holds.close(reason);
    this.#host.statusChanged();
  }

  async #finish(reason: Error): Promise<void> {
    const { log } = this.#parts;
    await log.drained();
    this.#host.release();
    log.close(reason);
    this.#phase = "finished";
    this.#host.statusChanged();
  }
}

/** The part of a flow's runner that a `Shutdown` uses. */
export interface ShutdownHost {
  /** Detaches the flow from its pool, stops its timers, and ends its readers. */
  release(): void;
  /** The status of the flow may have changed. */
  statusChanged(): void;
}

/** The parts of a flow that are ended with it. */
export interface ShutdownParts {
  readonly engine: Engine;
  readonly log: CommitLog;
  readonly board: TaskBoard;
  readonly backpressure: Backpressure;
  readonly feeds: Feeds;
  readonly holds: ReaderHolds;
  readonly jobs: JobTable;
  readonly dispatcher: Dispatcher;
  readonly calls: JobCalls;
}
