import { Fifo } from "../data/fifo.ts";
import type { Routes } from "../graph/routes.ts";
import { apply } from "./apply.ts";
import { activationIdOf, type Command, decide } from "./decide.ts";
import { emptyJob, hasEnded, isReady, type Job, type LiveActivation } from "./job.ts";
import type { JobEvent, JobStarted } from "./job_event.ts";

/** What a job starts with. */
export interface JobStart {
  readonly jobId: string;
  readonly routineId: string;
  readonly slot: string;
  readonly payload: unknown;
  readonly transfer?: readonly Transferable[];
}

/** An activation that is to be executed now, and its job. */
export interface Turn {
  readonly job: Job;
  readonly live: LiveActivation;
}

/**
 * The jobs of one flow and whose turn it is: a plain state machine with no I/O, no clock and no
 * worker in it.
 */
export class Engine {
  readonly #flowId: string;
  readonly #routes: Routes;
  readonly #limit: number;
  readonly #jobs = new Map<string, Job>();
  /** Jobs with something to execute, each once; the first has the next turn. */
  readonly #turns = new Fifo<Job>();
  readonly #inTurns = new Set<Job>();
  #executing = 0;

  /**
   * @param flowId The flow.
   * @param routes Where emitted payloads go.
   * @param limit How many activations may execute at once, over all jobs.
   */
  constructor(flowId: string, routes: Routes, limit: number) {
    this.#flowId = flowId;
    this.#routes = routes;
    this.#limit = limit;
  }

  /** The jobs, by id. */
  get jobs(): ReadonlyMap<string, Job> {
    return this.#jobs;
  }

  /** How many activations are executing, over all jobs. */
  get executing(): number {
    return this.#executing;
  }

  /** Whether anything could be executed if a worker were free, within the limit. */
  get hasWork(): boolean {
    return this.#executing < this.#limit && this.#nextReady() !== undefined;
  }

  /**
   * How many activations could be executed now if workers were free; counted no further than the
   * limit allows.
   */
  get ready(): number {
    const room = this.#limit - this.#executing;
    let ready = 0;
    for (const job of this.#inTurns) {
      if (ready >= room) break;
      if (isReady(job)) ready += job.queue.size;
    }
    return Math.min(ready, room);
  }

  /** Starts a job whose id is free. */
  start({ jobId, ...entry }: JobStart, at: number): JobStarted {
    const activation = { activationId: activationIdOf(jobId, 0), ...entry };
    const flowId = this.#flowId;
    const event: JobStarted = { type: "job_started", jobId, seq: 1, at, flowId, activation };
    const job = emptyJob(event);
    this.#jobs.set(jobId, job);
    this.#apply(job, event);
    return event;
  }

  /** Does what is asked of a job. */
  execute(job: Job, command: Command, at: number): JobEvent[] {
    const events = decide(job, command, at, this.#routes);
    for (const event of events) this.#apply(job, event);
    return events;
  }

  /**
   * Takes the next activation: jobs take turns, and each gives its oldest. The caller executes
   * `begin` on it before taking another.
   *
   * @returns The activation, or `undefined` if there is none or the limit is reached.
   */
  take(): Turn | undefined {
    if (this.#executing >= this.#limit) return undefined;
    const job = this.#nextReady();
    const live = job?.queue.peek();
    if (job === undefined || live === undefined) return undefined;
    this.#turns.shift();
    this.#inTurns.delete(job);
    if (job.queue.size > 1) this.#joinTurns(job);
    return { job, live };
  }

  /** The job whose turn it is; jobs that have nothing to execute any more lose their place. */
  #nextReady(): Job | undefined {
    for (let job = this.#turns.peek(); job !== undefined; job = this.#turns.peek()) {
      if (isReady(job)) return job;
      this.#turns.shift();
      this.#inTurns.delete(job);
    }
    return undefined;
  }

  #joinTurns(job: Job): void {
    if (this.#inTurns.has(job)) return;
    this.#inTurns.add(job);
    this.#turns.push(job);
  }

  #apply(job: Job, event: JobEvent): void {
    const before = job.executing;
    apply(job, event);
    this.#executing += job.executing - before;
    if (isReady(job) && !hasEnded(job)) this.#joinTurns(job);
  }
}
