// Puts commands to jobs into effect: commands of users come from `JobCalls`, ends of tasks from `TaskDesk`, and
// timers from `Expiries`.

import { now, systemOffset } from "../data/clock.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { Command } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { JobEvent, JobStarted, JobStopping } from "../engine/job_event.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CommitLog } from "./commit_log.ts";
import { Deadlines } from "./deadlines.ts";
import { Expiries, type ExpiryHost } from "./expiries.ts";
import type { Feeds } from "./feeds.ts";
import type { FlowParts } from "./flow_parts.ts";
import type { GuardedTrace } from "./guarded_trace.ts";
import type { Interruptions } from "./interruptions.ts";
import type { JobClocks } from "./job_clocks.ts";
import { LimitKeys } from "./limit_keys.ts";
import type { ReaderHolds } from "./reader_holds.ts";
import { RetryJudge } from "./retry_judge.ts";
import { byJobClock, type TimedStart } from "./start_options.ts";
import { storableError } from "./storable.ts";
import type { TaskBoard } from "./task_board.ts";
import type { DeskHost } from "./task_desk.ts";
import { withErrorContext } from "./with_error_context.ts";

/**
 * Lets the engine decide each command to a job, applies the resulting JobEvents, passes them to the store, and
 * acts on them: sets timers, and stops the executing activations of a job that stops.
 */
export class Dispatcher implements DeskHost, ExpiryHost {
  /** The timers of the jobs. */
  readonly deadlines: Deadlines;
  readonly #host: DispatchHost;
  readonly #flow: FlowParts;
  readonly #parts: DispatchParts;
  readonly #judge: RetryJudge;
  readonly #keys: LimitKeys;

  /**
   * @param host The runner of the flow.
   * @param flow The flow.
   * @param parts The parts of the flow that its JobEvents affect.
   */
  constructor(host: DispatchHost, flow: FlowParts, parts: DispatchParts) {
    this.#host = host;
    this.#flow = flow;
    this.#parts = parts;
    this.#judge = new RetryJudge(flow.rules);
    const { board, clocks } = parts;
    this.#keys = new LimitKeys(flow.limitKeys, parts.engine, this);
    const expiries = new Expiries(this, board, clocks);
    this.deadlines = new Deadlines(expiries, flow.rules.policies, clocks);
  }

  /** `true` while functions of the user decide about a retry, or have to return keys, so that nothing may begin. */
  get isAsking(): boolean {
    return this.#judge.isAsking || this.#keys.isAsking;
  }

  /** Sets the keys of the activations that were queued. */
  setKeys(): void {
    this.#keys.ask();
  }

  /** Clears all timers. */
  close(): void {
    this.deadlines.close();
    this.#keys.close();
  }

  /**
   * Puts a command to a job into effect.
   *
   * @param at The time by the clock of the job, in epoch milliseconds. By default, the current time.
   */
  dispatch(job: Job, asked: Command, at?: number): void {
    const { log, clocks } = this.#parts;
    if (this.#host.isLeaving && asked.type === "fail") return;
    // During an outage, events of progress would accumulate without bound.
    const mayGrow = log.error !== undefined || log.isBehind;
    if (mayGrow && asked.type === "progress") return;
    const timed = clocks.command(job, asked);
    const command = "error" in timed
      ? this.#judge.judged(
        job,
        { ...timed, error: storableError(timed.error, this.#flow.store) },
        clocks.now(job),
      )
      : timed;
    // A user's function may have been called, which may have called any method of the flow.
    if (this.#host.isLeaving && command.type === "fail") return;
    this.#decide(job, command, at ?? clocks.now(job));
    if ("verdict" in command) this.wake();
  }

  /** Creates the job of a start; its JobEvent still has to be published. The id must not be taken. */
  create(start: TimedStart): { readonly job: Job; readonly event: JobStarted } {
    const { engine, clocks } = this.#parts;
    const offset = systemOffset();
    const at = now() + offset;
    const event = engine.decideStart(byJobClock(start, at, offset), at);
    const { jobId, routineId, slot } = start;
    const place = { flowId: this.#flow.flowId, jobId, routineId, slot };
    withErrorContext(place, () => this.prepare([event]));
    const job = engine.applyStart(event, start.isAwaited);
    clocks.start(job, offset);
    return { job, event };
  }

  /** Refuses JobEvents that cannot be stored, before they are applied. */
  prepare(events: readonly JobEvent[]): void {
    this.#flow.store.prepare?.(events);
  }

  /** Passes JobEvents that were applied to the store, and acts on them. */
  publish(job: Job, events: readonly JobEvent[]): void {
    const { log, backpressure, feeds, trace } = this.#parts;
    log.add(job, events);
    // Before the pool takes the activations that the events have queued.
    trace?.events(events);
    for (const event of events) {
      this.deadlines.watch(job, event);
      if (event.type === "job_stopping") this.#stopJob(job, event);
    }
    backpressure.changed(job, events);
    feeds.release(job);
    this.#keys.ask();
    this.#host.offer();
  }

  due(job: Job, live: LiveActivation): void {
    this.#parts.engine.due(job, live);
    this.#keys.ask();
    this.wake();
  }

  wake(): void {
    this.#host.wake();
  }

  #decide(job: Job, command: Command, at: number): void {
    const { engine, board, clocks } = this.#parts;
    if (engine.job(job.jobId) !== job) return;
    let events = engine.decide(job, command, at);
    // Activations at a worker are revoked first, to determine which have begun, as those must not be dropped.
    if (events.some(({ type }) => type === "job_stopping") && board.revokeJob(job)) {
      events = engine.decide(job, command, clocks.now(job));
    }
    if (events.length === 0) return;
    try {
      this.prepare(events);
    } catch (thrown) {
      if (command.type !== "fail" && command.type !== "expire") throw thrown;
      if (command.refusal !== undefined) throw thrown;
      // If the event of a failure cannot be stored, the job fails.
      return this.#decide(job, { ...command, refusal: serializeError(thrown) }, at);
    }
    engine.apply(job, events);
    this.publish(job, events);
  }

  #stopJob(job: Job, event: JobStopping): void {
    const { board, holds, interruptions } = this.#parts;
    board.stopJob(job, event);
    holds.release();
    const { error } = event;
    for (const { activation } of interruptions.drop(job)) {
      const { activationId } = activation;
      this.dispatch(job, { type: "drop", activationId, error });
    }
  }
}

/** The part of a flow's runner that a `Dispatcher` uses. */
export interface DispatchHost {
  /** `true` if attempts that end now count as not made, as their jobs are left to a later process. */
  readonly isLeaving: boolean;
  /** Makes the pool check the flow for activations again, if there are any. */
  offer(): void;
  /** Makes the pool check the flow for activations again. */
  wake(): void;
}

/** The parts of a flow that its JobEvents affect. */
export interface DispatchParts {
  readonly engine: Engine;
  readonly log: CommitLog;
  readonly board: TaskBoard;
  readonly backpressure: Backpressure;
  readonly feeds: Feeds;
  readonly holds: ReaderHolds;
  readonly interruptions: Interruptions;
  readonly clocks: JobClocks;
  /** The trace of the flow, if it is traced. */
  readonly trace: GuardedTrace | undefined;
}
