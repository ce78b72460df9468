// Sets the timers of jobs, according to their JobEvents. `Dispatcher` passes it every event; `Expiries` acts
// on timers that fire.

import { type Timer, Timers } from "../data/timers.ts";
import { now } from "../data/clock.ts";
import { changeOf } from "../engine/event_table.ts";
import { hasEnded, type Job, type LiveActivation, waitsOf } from "../engine/job.ts";
import type { Activation, JobEvent, Wait } from "../engine/job_event.ts";
import { DEFAULT_POLICY, type EffectivePolicy } from "../graph/policy.ts";
import type { JobClocks } from "./job_clocks.ts";

/** Sets and cancels the timers of a flow's jobs, according to their JobEvents. */
export class Deadlines {
  readonly #timers = new Timers(now);
  /** The timers of running attempts, which fire also during an outage of the store. */
  readonly #runs = new Timers(now);
  readonly #host: DeadlineHost;
  readonly #policies: ReadonlyMap<string, EffectivePolicy>;
  readonly #clocks: JobClocks;
  /** `true` if any policy has a timeout. Most flows have none, and need no timers for their activations. */
  readonly #hasTimeouts: boolean;
  /** The timers of each job, by the ids of activations and waits. */
  readonly #watches = new Map<Job, Map<string, Watch>>();
  readonly #jobs = new Map<Job, Timer>();
  #isClosed = false;

  /**
   * @param host Acts on timers that fire.
   * @param policies The policies of the flow's routines.
   * @param clocks The clocks of its jobs.
   */
  constructor(
    host: DeadlineHost,
    policies: ReadonlyMap<string, EffectivePolicy>,
    clocks: JobClocks,
  ) {
    this.#host = host;
    this.#policies = policies;
    this.#clocks = clocks;
    this.#hasTimeouts = [...policies.values()].some((policy) =>
      Math.min(policy.queueTimeout, policy.runTimeout, policy.totalTimeout) < Infinity
    );
  }

  /** Updates the timers of a job after an event was applied to it. */
  watch(job: Job, event: JobEvent): void {
    if (this.#isQuiet(event)) return;
    const change = changeOf(event);
    const { queued, begun, retrying, ended, waits, waitEnded } = change;
    if (ended !== undefined) this.#forget(job, ended);
    if (waitEnded !== undefined) this.#forget(job, waitEnded);
    if (begun !== undefined) this.#begun(job, begun, event.at);
    if (retrying !== undefined) {
      const live = job.live.get(retrying);
      if (live !== undefined) this.#delayed(job, live, event.at);
    }
    if (waits !== undefined) { for (const wait of waits) this.#waits(job, wait); }
    if (queued !== undefined) this.#queuedAll(job, queued, event.at);
    if (change.job === undefined) return;
    if (change.job === "started") this.#watchJob(job);
    if (change.job === "paused") this.#paused(job);
    if (change.job === "resumed") this.#resumed(job, event.at);
    if (change.job === "stalled") this.adopt(job, event.at);
    if (change.job === "ended") this.forget(job);
  }

  /** Checks whether a job has a clock from which an outage would have to be excluded. */
  concerns(job: Job): boolean {
    if (job.deadline !== undefined || this.#hasTimeouts && job.live.size > 0) return true;
    for (const { timeout } of waitsOf(job).values()) if (timeout !== undefined) return true;
    return false;
  }

  /** Fires all timers that are due, so that no activation is executed after its timeout. */
  fire(): void {
    this.#timers.fire();
  }

  /** Holds all timers until `release`, except those of running attempts. */
  hold(): void {
    this.#timers.hold();
  }

  /** Releases the timers. */
  release(): void {
    this.#timers.release();
  }

  /** Sets the timers of a job that was taken over, or whose clocks were changed. */
  adopt(job: Job, at: number): void {
    if (hasEnded(job)) return;
    this.#watchJob(job);
    for (const live of job.live.values()) {
      if (live.state === "queued") this.#delayed(job, live, at);
      else if (live.state === "executing") this.#watchTotal(job, live);
    }
    for (const wait of waitsOf(job).values()) this.#waits(job, wait);
  }

  /** Restarts a clock of an activation. */
  renew(job: Job, live: LiveActivation, clock: Clock, from: number, timeout: number): void {
    this.#set(job, live.activation.activationId, clock, from + timeout, () => {
      if (live.state !== "ended") this.#host.timedOut(job, live, clock, timeout);
    });
  }

  /** Cancels all timers, and sets no more. */
  close(): void {
    this.#isClosed = true;
    this.#timers.clear();
    this.#runs.clear();
    this.#watches.clear();
    this.#jobs.clear();
  }

  /** Checks whether an event is one of the two that every activation has, and concerns no timer. */
  #isQuiet(event: JobEvent): boolean {
    if (this.#hasTimeouts || this.#watches.size > 0) return false;
    if (event.type === "activation_started") return true;
    return event.type === "activation_completed" && event.waits === undefined &&
      !event.queued.some(({ dueAt }) => dueAt !== undefined);
  }

  #watchJob(job: Job): void {
    if (job.deadline === undefined || this.#isClosed) return;
    const before = this.#jobs.get(job);
    if (before !== undefined) this.#timers.cancel(before);
    const at = this.#clocks.here(job, job.deadline);
    this.#jobs.set(job, this.#timers.set(at, () => this.#host.jobTimedOut(job)));
  }

  /** Cancels the timeouts of queued activations while their job is paused. */
  #paused(job: Job): void {
    if (!this.#hasTimeouts) return;
    for (const { state, activation } of job.live.values()) {
      if (state === "queued") this.#stopped(job, activation.activationId);
    }
  }

  #stopped(job: Job, activationId: string): void {
    this.#cancel(job, activationId, "queue");
    this.#cancel(job, activationId, "total");
  }

  /** Sets the timers of activations that were held back, or whose clocks were stopped. */
  #resumed(job: Job, at: number): void {
    for (const live of job.live.values()) {
      if (live.state === "queued") this.#delayed(job, live, at);
    }
  }

  #queuedAll(job: Job, activations: readonly Activation[], at: number): void {
    for (const activation of activations) {
      if (this.#hasTimeouts || activation.dueAt !== undefined) this.#queued(job, activation, at);
    }
  }

  #queued(job: Job, { activationId }: Activation, at: number): void {
    const live = job.live.get(activationId);
    if (live?.state === "queued") this.#delayed(job, live, at);
  }

  #delayed(job: Job, live: LiveActivation, at: number): void {
    const { dueAt, stoppedAt, activation: { activationId } } = live;
    if (dueAt > at) {
      this.#set(job, activationId, "due", dueAt, () => {
        if (live.state === "queued") this.#host.due(job, live);
      });
    }
    if (!this.#hasTimeouts) return;
    this.#cancel(job, activationId, "run");
    if (stoppedAt !== undefined) return this.#stopped(job, activationId);
    this.renew(job, live, "queue", dueAt, this.#policyOf(live).queueTimeout);
    this.#watchTotal(job, live);
  }

  #watchTotal(job: Job, live: LiveActivation): void {
    if (!this.#hasTimeouts) return;
    this.renew(job, live, "total", live.queuedAt, this.#policyOf(live).totalTimeout);
  }

  #begun(job: Job, activationId: string, at: number): void {
    if (!this.#hasTimeouts) return;
    const live = job.live.get(activationId);
    if (live === undefined) return;
    this.#cancel(job, activationId, "queue");
    this.renew(job, live, "run", at, this.#policyOf(live).runTimeout);
    // The clock was stopped when the job was paused, but the worker had already taken the activation.
    if (job.status === "paused") this.#watchTotal(job, live);
  }

  #waits(job: Job, wait: Wait): void {
    const { waitId, since, timeout = Infinity, attempt } = wait;
    this.#set(job, waitId, "wait", since + timeout, () => {
      if (waitsOf(job).get(waitId)?.attempt === attempt) this.#host.waitTimedOut(job, wait);
    });
  }

  #set(job: Job, id: string, what: keyof Watch, at: number, fire: () => void): void {
    this.#cancel(job, id, what);
    if (at === Infinity || this.#isClosed) return;
    const watches = this.#watches.getOrInsertComputed(job, () => new Map());
    const watch = watches.getOrInsertComputed(id, () => ({}));
    const timers = what === "run" ? this.#runs : this.#timers;
    watch[what] = timers.set(this.#clocks.here(job, at), fire);
  }

  #cancel(job: Job, id: string, what: keyof Watch): void {
    const timer = this.#watches.get(job)?.get(id)?.[what];
    if (timer !== undefined) (what === "run" ? this.#runs : this.#timers).cancel(timer);
  }

  /** Cancels the timers of an activation or wait that has ended. */
  #forget(job: Job, id: string): void {
    const watches = this.#watches.get(job);
    const watch = watches?.get(id);
    if (watch === undefined) return;
    watches?.delete(id);
    this.#cancelAll(watch);
  }

  #cancelAll(watch: Watch): void {
    const { run, ...others } = watch;
    if (run !== undefined) this.#runs.cancel(run);
    for (const timer of Object.values(others)) this.#timers.cancel(timer);
  }

  /** Cancels all timers of a job. */
  forget(job: Job): void {
    const timer = this.#jobs.get(job);
    if (timer !== undefined) this.#timers.cancel(timer);
    this.#jobs.delete(job);
    for (const watch of this.#watches.get(job)?.values() ?? []) this.#cancelAll(watch);
    this.#watches.delete(job);
  }

  #policyOf({ activation: { routineId } }: LiveActivation): EffectivePolicy {
    return this.#policies.get(routineId) ?? DEFAULT_POLICY;
  }
}

/** Acts on timers that fire. */
export interface DeadlineHost {
  /** Called when a queued activation may begin. */
  due(job: Job, live: LiveActivation): void;
  /** Called when a clock of an activation has run out. */
  timedOut(job: Job, live: LiveActivation, clock: Clock, timeout: number): void;
  /** Called when a job has reached its deadline. */
  jobTimedOut(job: Job): void;
  /** Called when a signal was not sent in time. */
  waitTimedOut(job: Job, wait: Wait): void;
}

/**
 * The clock of a timeout: of the wait for a worker, of one attempt, or of the whole time from queueing to the
 * end.
 */
export type Clock = "queue" | "run" | "total";

/** The timers of one activation or wait. `due` fires when a delayed activation may begin. */
type Watch = { [Name in Clock | "due" | "wait"]?: Timer };
