import { type Alarm, Alarms } from "../data/alarms.ts";
import { now } from "../data/clock.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Activation, JobEvent, Wait } from "../engine/job_event.ts";
import { DEFAULT_POLICY, type EffectivePolicy } from "../graph/policy.ts";

/** What happens when a time has come. */
export interface DeadlineHost {
  /** A queued activation may begin. */
  due(job: Job, live: LiveActivation): void;
  /** An activation took too long, by the clock named. */
  timedOut(job: Job, live: LiveActivation, clock: Clock, timeout: number): void;
  /** A job took too long. */
  jobTimedOut(job: Job): void;
  /** Nobody sent a signal in time. */
  waitTimedOut(job: Job, wait: Wait): void;
}

/** What a timeout counts: waiting for a worker, one attempt, or all from queueing to the end. */
export type Clock = "queue" | "run" | "total";

/** The alarms of one activation. */
type Watch = { [Name in Clock]?: Alarm };

/** Watches the times that a flow's jobs have to keep, by what is in their streams. */
export class Deadlines {
  readonly #alarms = new Alarms(now);
  readonly #host: DeadlineHost;
  readonly #policies: ReadonlyMap<string, EffectivePolicy>;
  /** Whether any activation has a timeout: most flows have none, and nothing is watched for them. */
  readonly #hasTimeouts: boolean;
  readonly #watches = new Map<Job, Map<LiveActivation, Watch>>();
  readonly #jobs = new Map<Job, Alarm>();

  constructor(host: DeadlineHost, policies: ReadonlyMap<string, EffectivePolicy>) {
    this.#host = host;
    this.#policies = policies;
    this.#hasTimeouts = [...policies.values()].some((policy) =>
      Math.min(policy.queueTimeout, policy.runTimeout, policy.totalTimeout) < Infinity
    );
  }

  /** Looks at what happened to a job, after it was applied. */
  watch(job: Job, event: JobEvent): void {
    switch (event.type) {
      case "job_started":
        this.#watchJob(job);
        return this.#queued(job, event.activation, event.at);
      case "signal_delivered":
        return this.#queued(job, event.activation, event.at);
      case "activation_started":
        return this.#begun(job, event.activationId, event.at);
      case "activation_flushed":
      case "activation_completed":
        for (const wait of event.waits ?? []) this.#waits(job, wait);
        return this.#queuedAll(job, event.queued, event.at);
      case "activation_failed":
      case "activation_skipped":
      case "wait_expired":
        return this.#queuedAll(job, event.queued, event.at);
      case "activation_retrying": {
        const live = job.live.get(event.activationId);
        if (live !== undefined) this.#delayed(job, live, event.at);
        return;
      }
      case "wait_renewed":
        return this.#waits(job, event.wait);
      case "job_resumed":
        return this.#watchReleased(job, event.at);
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        return this.#ended(job);
    }
  }

  /** Watches a job that was taken over. */
  adopt(job: Job, at: number): void {
    this.#watchJob(job);
    for (const live of job.live.values()) {
      if (live.state === "queued") this.#delayed(job, live, at);
    }
    for (const wait of job.waits.values()) this.#waits(job, wait);
  }

  /** Sets one of the clocks of an activation anew. */
  renew(job: Job, live: LiveActivation, clock: Clock, from: number, timeout: number): void {
    this.#set(job, live, clock, from, timeout);
  }

  /** An activation of a job has ended: its times matter no more. */
  forget(job: Job, live: LiveActivation): void {
    const watch = this.#watches.get(job)?.get(live);
    if (watch === undefined) return;
    this.#watches.get(job)?.delete(live);
    this.#callOffAll(watch);
  }

  /** Watches nothing any more. */
  close(): void {
    this.#alarms.clear();
    this.#watches.clear();
    this.#jobs.clear();
  }

  #watchJob(job: Job): void {
    if (job.deadline === undefined) return;
    this.#jobs.set(job, this.#alarms.set(job.deadline, () => this.#host.jobTimedOut(job)));
  }

  /** Watches what was held back until now; what waits for its time has its alarm already. */
  #watchReleased(job: Job, at: number): void {
    for (const live of job.live.values()) {
      if (live.state !== "queued" || live.dueAt > at) continue;
      if (!this.#watches.get(job)?.has(live)) this.#delayed(job, live, at);
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
    const { dueAt } = live;
    if (dueAt > at) this.#alarms.set(dueAt, () => this.#isDue(job, live, dueAt));
    if (!this.#hasTimeouts) return;
    const { queueTimeout, totalTimeout } = this.#policyOf(live);
    this.#callOff(job, live, "run");
    this.#set(job, live, "queue", dueAt, queueTimeout);
    this.#set(job, live, "total", live.queuedAt, totalTimeout);
  }

  #isDue(job: Job, live: LiveActivation, dueAt: number): void {
    if (live.state === "queued" && live.dueAt === dueAt) this.#host.due(job, live);
  }

  #begun(job: Job, activationId: string, at: number): void {
    if (!this.#hasTimeouts) return;
    const live = job.live.get(activationId);
    if (live === undefined) return;
    this.#callOff(job, live, "queue");
    this.#set(job, live, "run", at, this.#policyOf(live).runTimeout);
  }

  #set(job: Job, live: LiveActivation, clock: Clock, from: number, timeout: number): void {
    this.#callOff(job, live, clock);
    if (timeout === Infinity) return;
    const watches = this.#watches.getOrInsertComputed(job, () => new Map());
    const watch = watches.getOrInsertComputed(live, () => ({}));
    watch[clock] = this.#alarms.set(from + timeout, () => {
      if (live.state !== "ended") this.#host.timedOut(job, live, clock, timeout);
    });
  }

  #callOff(job: Job, live: LiveActivation, clock: Clock): void {
    const alarm = this.#watches.get(job)?.get(live)?.[clock];
    if (alarm !== undefined) this.#alarms.callOff(alarm);
  }

  #callOffAll(watch: Watch): void {
    for (const alarm of Object.values(watch)) this.#alarms.callOff(alarm);
  }

  #waits(job: Job, wait: Wait): void {
    if (wait.timeout === undefined) return;
    this.#alarms.set(wait.since + wait.timeout, () => {
      if (job.waits.get(wait.waitId)?.attempt === wait.attempt) this.#host.waitTimedOut(job, wait);
    });
  }

  #ended(job: Job): void {
    const alarm = this.#jobs.get(job);
    if (alarm !== undefined) this.#alarms.callOff(alarm);
    this.#jobs.delete(job);
    for (const watch of this.#watches.get(job)?.values() ?? []) this.#callOffAll(watch);
    this.#watches.delete(job);
  }

  #policyOf({ activation: { routineId } }: LiveActivation): EffectivePolicy {
    return this.#policies.get(routineId) ?? DEFAULT_POLICY;
  }
}
