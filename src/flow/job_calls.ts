// Turns calls of users into commands to the jobs of a running flow. `Flow` calls it for running jobs, `JobIntake`
// for new ones, and `Shutdown` to cancel the rest; `Dispatcher` puts the commands into effect.

import { serializeError } from "../data/serialized_error.ts";
import type { Engine } from "../engine/engine.ts";
import { executingOf, type Job, type LiveActivation } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { JobCancelledError } from "../errors/job_errors.ts";
import { activationCancelled } from "./activation_cancelled.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CommitLog } from "./commit_log.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { GuardedTrace } from "./guarded_trace.ts";
import type { JobClocks } from "./job_clocks.ts";
import type { JobTable } from "./job_table.ts";
import { JobView } from "./job_view.ts";
import { poisonedBy } from "./poisoned_by.ts";
import type { TimedStart } from "./start_options.ts";
import type { StoredJobs } from "./stored_jobs.ts";
import type { Suspects } from "./suspects.ts";
import type { TaskBoard } from "./task_board.ts";

/** Starts, pauses, resumes and cancels the jobs of a flow, and sends them signals, on behalf of users. */
export class JobCalls {
  readonly #host: CallsHost;
  readonly #flow: FlowParts;
  readonly #parts: CallParts;
  #isPaused = false;

  /**
   * @param host The runner of the flow.
   * @param flow The flow.
   * @param parts The parts of the flow that the calls affect.
   */
  constructor(host: CallsHost, flow: FlowParts, parts: CallParts) {
    this.#host = host;
    this.#flow = flow;
    this.#parts = parts;
  }

  /** `true` while current and future jobs are paused with the flow. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Starts a job. Its id must not be taken. */
  start(start: TimedStart): JobView {
    const { dispatcher, backpressure } = this.#parts;
    this.#host.checkOpen();
    // A feed waits for room before it takes an item.
    if (!start.isFed) backpressure.checkFlow(this.#flow.flowId);
    const { job, event } = dispatcher.create(start);
    const view = this.#view(job);
    dispatcher.publish(job, [event]);
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
    const { dispatcher, engine, log, clocks, trace } = this.#parts;
    this.#host.checkOpen();
    dispatcher.prepare(events);
    clocks.adopt(job);
    const at = clocks.now(job);
    const view = this.#view(job);
    engine.adopt(job, at);
    const begun = events.length > 0 ? [] : executingOf(job);
    if (events.length > 0) {
      log.add(job, events);
      // The others are events of another job, which a rerun has taken over.
      trace?.events(events.slice(-1));
    } else dispatcher.dispatch(job, { type: "recover", aliveAt }, at);
    dispatcher.setKeys();
    dispatcher.deadlines.adopt(job, at);
    for (const live of begun) this.#lost(job, live);
    dispatcher.deadlines.fire();
    if (this.#isPaused) this.#pause(job, true);
    dispatcher.wake();
    return view;
  }

  /** Cancels a job. */
  cancel(job: Job, reason: unknown): void {
    const { jobId, flowId } = job;
    const error = new JobCancelledError(jobId, reason, { flowId });
    this.#parts.dispatcher.dispatch(job, {
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
    const { dispatcher, board } = this.#parts;
    const live = job.live.get(activationId);
    if (live === undefined) return false;
    const error = activationCancelled(job, live, reason);
    if (board.revoke(job, live)) board.stop(live, { type: "drop", error });
    else dispatcher.dispatch(job, { type: "drop", activationId, error });
    return true;
  }

  /** Pauses a job, or all current and future jobs. */
  pause(job: Job | undefined): void {
    if (job !== undefined) return this.#pause(job);
    this.#isPaused = true;
    for (const one of this.#parts.engine.jobs()) {
      if (one.status === "running" || one.status === "pending") this.#pause(one, true);
    }
    this.#host.statusChanged();
  }

  /** Resumes a job, or all jobs that were paused with the flow. */
  resume(job: Job | undefined): void {
    const { dispatcher, engine, log } = this.#parts;
    log.flush();
    if (job !== undefined) dispatcher.dispatch(job, { type: "resume" });
    else {
      this.#isPaused = false;
      for (const one of [...engine.jobs()]) {
        if (one.status === "paused" && one.pausedWithFlow) {
          dispatcher.dispatch(one, { type: "resume" });
        }
      }
      this.#host.statusChanged();
    }
    dispatcher.wake();
  }

  /** Sends a signal to a job. */
  signal(job: Job, signal: string, payload: unknown): void {
    this.#parts.dispatcher.dispatch(job, { type: "signal", signal, payload });
  }

  /** Withdraws waits of a job. */
  withdraw(job: Job, waitIds: readonly string[], reason: string | undefined): void {
    this.#parts.dispatcher.dispatch(job, { type: "withdraw", waitIds, reason });
  }

  #pause(job: Job, withFlow?: true): void {
    const { dispatcher, board } = this.#parts;
    board.revokeJob(job);
    dispatcher.dispatch(job, { type: "pause", withFlow });
  }

  /**
   * Handles an activation that was executing in a process that died: it is repeated, repeated alone, or
   * failed, depending on `maxCrashes`.
   */
  #lost(job: Job, live: LiveActivation): void {
    const { maxCrashes } = this.#flow.rules;
    if (live.state === "ended" || live.crashes < maxCrashes - 1) return;
    if (live.crashes < maxCrashes) return this.#parts.suspects.add(live);
    const { activationId } = live.activation;
    const error = poisonedBy(job, live);
    const cause = { error, execution: undefined, crashed: false, isLast: true, chance: 0 };
    this.#parts.dispatcher.dispatch(job, { type: "fail", activationId, ...cause });
  }

  #view(job: Job): JobView {
    const { jobs, stored } = this.#parts;
    const view = new JobView(job, stored);
    jobs.hold(view);
    return view;
  }
}

/** The part of a flow's runner that `JobCalls` use. */
export interface CallsHost {
  /**
   * Refuses work once the pool or the flow is closed.
   *
   * @throws {ClosedError} If the pool, or the flow, is closed.
   */
  checkOpen(): void;
  /** The status of the flow may have changed. */
  statusChanged(): void;
}

/** The parts of a flow that the calls of its users affect. */
export interface CallParts {
  readonly dispatcher: Dispatcher;
  readonly engine: Engine;
  readonly log: CommitLog;
  readonly board: TaskBoard;
  readonly backpressure: Backpressure;
  readonly suspects: Suspects;
  readonly clocks: JobClocks;
  readonly jobs: JobTable;
  readonly stored: StoredJobs;
  /** The trace of the flow, if it is traced. */
  readonly trace: GuardedTrace | undefined;
}
