import { Fifo } from "../data/fifo.ts";
import { apply } from "./apply.ts";
import { type Command, decide, type Rules } from "./decide.ts";
import { emptyJob, hasEnded, type Job, type LiveActivation, MAX_ERRORS } from "./job.ts";
import type {
  Activation,
  ActivationCancelled,
  ActivationFailed,
  ActivationRetrying,
  ActivationSkipped,
  JobEvent,
  JobStarted,
} from "./job_event.ts";
import { activationIdOf } from "./routing.ts";

/** The start of a job. */
export interface JobStart extends Omit<Activation, "activationId" | "from" | "event" | "held"> {
  readonly jobId: string;
  readonly deadline?: number | undefined;
}

/** An activation that is to be executed now, and its job. */
export interface ReadyActivation {
  readonly job: Job;
  readonly live: LiveActivation;
}

/** A job and those of its activations that wait for a worker. */
interface Line {
  readonly job: Job;
  readonly waiting: Fifo<LiveActivation>;
  /**
   * The activation that nothing of its job may pass: it was taken, or waits for its next attempt.
   */
  blockedBy: LiveActivation | undefined;
  isInTurns: boolean;
  /** Number of them that count as ready. */
  ready: number;
  /** `true` if none of them may begin for now. */
  isHeld: boolean;
}

/**
 * The jobs of one flow and whose turn it is: a plain state machine with no I/O, no clock and no
 * worker in it.
 */
export class Engine {
  readonly #flowId: string;
  readonly #rules: Rules;
  readonly #lines = new Map<string, Line>();
  /** The jobs with something to execute, each once; the first has the next turn. */
  readonly #turns = new Fifo<Line>();
  #ready = 0;
  #queued = 0;

  /**
   * @param flowId The flow.
   * @param rules What it lays down for its jobs.
   */
  constructor(flowId: string, rules: Rules) {
    this.#flowId = flowId;
    this.#rules = rules;
  }

  /** The job of an id, or `undefined`. */
  job(jobId: string): Job | undefined {
    return this.#lines.get(jobId)?.job;
  }

  /** The jobs, in the order in which they came. */
  *jobs(): Iterable<Job> {
    for (const { job } of this.#lines.values()) yield job;
  }

  /** Number of activations that could be executed now if workers were free. */
  get ready(): number {
    return this.#ready;
  }

  /** Number of queued activations, over all jobs. */
  get queued(): number {
    return this.#queued;
  }

  /** Decides how a job starts whose id is free, without starting it. */
  decideStart({ jobId, deadline, ...entry }: JobStart, at: number): JobStarted {
    const { maxErrors = MAX_ERRORS } = this.#rules;
    const activation = { activationId: activationIdOf(jobId, 0), ...entry };
    return {
      type: "job_started",
      jobId,
      seq: 1,
      at,
      flowId: this.#flowId,
      activation,
      ...deadline !== undefined && { deadline },
      ...maxErrors < MAX_ERRORS && { maxErrors },
    };
  }

  /** Lets a job start as it was decided. */
  applyStart(event: JobStarted): Job {
    const line = this.#add(emptyJob(event));
    this.#apply(line, event);
    return line.job;
  }

  /** Starts a job whose id is free. */
  start(start: JobStart, at: number): JobStarted {
    const event = this.decideStart(start, at);
    this.applyStart(event);
    return event;
  }

  /** Takes over a job as it was left, with nothing executing. */
  adopt(job: Job, at: number): void {
    const line = this.#add(job);
    this.#queued += job.queued;
    this.#lineAll(line, at);
    this.#joinTurns(line);
  }

  /** Lets go of a job that has ended, or is given up as it is. */
  forget(jobId: string): void {
    const line = this.#lines.get(jobId);
    if (line === undefined) return;
    this.#queued -= line.job.queued;
    line.waiting.clear();
    this.#joinTurns(line);
    this.#lines.delete(jobId);
  }

  /** Decides what a command does to a job, without doing it. */
  decide(job: Job, command: Command, at: number): JobEvent[] {
    return decide(job, command, at, this.#rules);
  }

  /** Lets what was decided happen. */
  apply(job: Job, events: readonly JobEvent[]): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined) return;
    for (const event of events) this.#apply(line, event);
  }

  /** Does what is asked of a job. */
  execute(job: Job, command: Command, at: number): JobEvent[] {
    const events = this.decide(job, command, at);
    this.apply(job, events);
    return events;
  }

  /**
   * Takes the next activation: jobs take turns, and each gives its oldest. Until it begins, it is
   * queued still.
   *
   * @returns The activation, or `undefined` if there is none.
   */
  take(): ReadyActivation | undefined {
    for (let line = this.#turns.shift(); line !== undefined; line = this.#turns.shift()) {
      line.isInTurns = false;
      const isReady = isOpen(line) && line.blockedBy === undefined;
      const live = isReady ? nextOf(line) : undefined;
      this.#joinTurns(line);
      if (live === undefined) continue;
      if (this.#mayBlock(live)) this.#block(line, live);
      return { job: line.job, live };
    }
    return undefined;
  }

  /** Puts an activation that was taken and has not begun back in its place: the first of its job. */
  giveBack({ job, live }: ReadyActivation): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined || live.state !== "queued") return;
    if (line.blockedBy === live) line.blockedBy = undefined;
    line.waiting.unshift(live);
    this.#joinTurns(line);
  }

  /**
   * Lets no activation of a job begin, or lets them again. That is not of the job's state: it ends with
   * the process.
   */
  hold(job: Job, isHeld: boolean): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined) return;
    line.isHeld = isHeld;
    this.#joinTurns(line);
  }

  /** The time of a queued activation has come. */
  due(job: Job, live: LiveActivation): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined || live.state !== "queued") return;
    this.#lineUp(line, live);
    this.#joinTurns(line);
  }

  #add(job: Job): Line {
    const line: Line = {
      job,
      waiting: new Fifo(),
      blockedBy: undefined,
      isInTurns: false,
      ready: 0,
      isHeld: false,
    };
    this.#lines.set(job.jobId, line);
    return line;
  }

  /** Lets a job have its turn as long as it has something to execute. */
  #joinTurns(line: Line): void {
    const ready = isOpen(line) && line.blockedBy === undefined ? line.waiting.size : 0;
    this.#ready += ready - line.ready;
    line.ready = ready;
    if (line.isInTurns || ready === 0) return;
    line.isInTurns = true;
    this.#turns.push(line);
  }

  #apply(line: Line, event: JobEvent): void {
    const { job, waiting } = line;
    const held = event.type === "job_resumed" ? heldOf(job) : [];
    if (mayLeaveQueue(event)) {
      const live = job.live.get(event.activationId);
      if (live?.state === "queued") waiting.remove(live);
    }
    const { queued } = job;
    apply(job, event);
    this.#queued += job.queued - queued;
    if (line.blockedBy?.state === "ended") {
      line.blockedBy = undefined;
      this.#joinTurns(line);
    }
    switch (event.type) {
      case "job_started":
      case "signal_delivered":
        this.#line(line, [event.activation], event.at);
        break;
      case "activation_flushed":
      case "activation_completed":
      case "activation_failed":
      case "activation_skipped":
      case "wait_expired":
        this.#line(line, event.queued, event.at);
        break;
      case "activation_retrying": {
        const live = job.live.get(event.activationId);
        if (live === undefined) break;
        if (live.dueAt <= event.at) this.#lineUp(line, live);
        else if (this.#isFirst(live)) line.blockedBy = live;
        break;
      }
      case "job_resumed":
        for (const live of held) waiting.push(live);
        break;
      case "job_recovered":
      case "job_left":
        this.#lineAll(line, event.at);
        break;
      case "job_stopping":
        waiting.clear();
        break;
      case "job_paused":
      case "activation_cancelled":
        break;
      default:
        return;
    }
    this.#joinTurns(line);
  }

  /** Lines up all that can be executed, in the order in which it was first queued. */
  #lineAll(line: Line, at: number): void {
    const { job, waiting } = line;
    waiting.clear();
    line.blockedBy = undefined;
    for (const live of job.live.values()) {
      if (live.state !== "queued") continue;
      if (live.dueAt <= at) waiting.push(live);
      else if (this.#isFirst(live)) line.blockedBy ??= live;
    }
  }

  /** Lines up what can be executed now: behind all others, or in front of those that waited for it. */
  #lineUp(line: Line, live: LiveActivation): void {
    if (this.#isFirst(live)) {
      if (line.blockedBy === live) line.blockedBy = undefined;
      line.waiting.unshift(live);
    } else line.waiting.push(live);
  }

  /** Checks whether what is queued again was the first in its job, and is so still. */
  #isFirst(live: LiveActivation): boolean {
    return this.#rules.isSequential === true && live.attempt > 0;
  }

  /** Checks whether an activation lets nothing of its job pass until it has ended. */
  #mayBlock({ activation: { routineId } }: LiveActivation): boolean {
    if (!this.#rules.isSequential) return false;
    return this.#rules.policies.get(routineId)?.mayRetry ?? false;
  }

  /** Lets an activation that was taken be passed by nothing. */
  #block(line: Line, live: LiveActivation): void {
    line.blockedBy = live;
    this.#joinTurns(line);
  }

  #line({ job, waiting }: Line, activations: readonly Activation[], at: number): void {
    for (const { activationId } of activations) {
      const live = job.live.get(activationId);
      if (live?.state === "queued" && live.dueAt <= at) waiting.push(live);
    }
  }
}

/**
 * Checks whether an activation that waits leaves its place: its time was up, or it was cancelled.
 */
function mayLeaveQueue(
  event: JobEvent,
): event is ActivationRetrying | ActivationFailed | ActivationSkipped | ActivationCancelled {
  switch (event.type) {
    case "activation_retrying":
    case "activation_failed":
    case "activation_skipped":
    case "activation_cancelled":
      return true;
    default:
      return false;
  }
}

/** Checks whether activations of a job may begin. */
function isOpen({ job, isHeld }: Line): boolean {
  return !isHeld && (job.status === "running" || job.status === "pending") && !hasEnded(job);
}

/** The oldest that waits. */
function nextOf({ waiting }: Line): LiveActivation | undefined {
  for (let live = waiting.shift(); live !== undefined; live = waiting.shift()) {
    if (live.state === "queued") return live;
  }
  return undefined;
}

function heldOf(job: Job): LiveActivation[] {
  return [...job.live.values()].filter(({ state }) => state === "held");
}
