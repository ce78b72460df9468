// The jobs of one flow, and the turns in which their activations are executed. `Dispatcher` passes commands
// to it, `ActivationSource` takes the next activation from it.

import { apply } from "./apply.ts";
import type { Command, Rules } from "./command.ts";
import { decide } from "./decide.ts";
import { changeOf } from "./event_table.ts";
import { emptyJob, hasEnded, type Job, type LiveActivation, MAX_ERRORS } from "./job.ts";
import type { Activation, JobEvent, JobStarted } from "./job_event.ts";
import { type JobStart, jobStarted } from "./job_start.ts";
import { type JobWait, jobWaits } from "./job_waits.ts";
import type { LimitClock } from "./limit_clock.ts";
import { limitsOf, NO_CLOCK } from "./limits_of.ts";
import { addFirst, hasBegun, isOpen, type Line, livesOf, newLine, type Queued } from "./line.ts";
import { queuedOf } from "./queued_of.ts";
import { RoutineLimits } from "./routine_limits.ts";
import { Turns } from "./turns.ts";

/**
 * Holds the jobs of one flow and decides which job has the next turn. It is a plain state machine without
 * I/O, clock or workers.
 */
export class Engine {
  readonly #flowId: string;
  readonly #rules: Rules;
  readonly #lines = new Map<string, Line>();
  /** The jobs with activations to execute, each once. */
  readonly #turns = new Turns<Line>();
  /** The number of activations that could begin, of jobs that have begun. */
  #ready = 0;
  /** The same for jobs that have not begun, each of which has one. */
  #fresh = 0;
  /** The number of jobs that have begun, and do not only wait. */
  #running = 0;
  #queued = 0;
  /** At least the number of jobs in the turns that were forgotten. */
  #forgotten = 0;
  /** The limits of the routines. */
  readonly limits: RoutineLimits<Line>;

  /**
   * @param flowId The flow.
   * @param rules The rules of the flow.
   * @param clock The clock of the limits of its routines.
   */
  constructor(flowId: string, rules: Rules, clock: LimitClock = NO_CLOCK) {
    this.#flowId = flowId;
    this.#rules = rules;
    this.limits = new RoutineLimits(limitsOf(rules), clock, this.#called.bind(this));
  }

  /** Returns the job with an id, or `undefined`. */
  job(jobId: string): Job | undefined {
    return this.#lines.get(jobId)?.job;
  }

  /** Iterates over the jobs, in the order in which they were added. */
  *jobs(): Iterable<Job> {
    for (const { job } of this.#lines.values()) yield job;
  }

  /**
   * Returns all that a job waits for.
   *
   * @param at The time by the clock of the job, in epoch milliseconds.
   */
  waitsOf(job: Job, at: number): JobWait[] {
    const line = this.#lines.get(job.jobId);
    return jobWaits(job, at, line && { line, isFull: this.#room <= 0, limits: this.limits });
  }

  /** The number of activations that could begin at once if workers were free. */
  get ready(): number {
    return this.#ready + Math.min(this.#fresh, Math.max(0, this.#room));
  }

  /** The number of queued activations in all jobs together. */
  get queued(): number {
    return this.#queued;
  }

  /** Returns the event that starts a job, without applying it. The id of the job must not be taken. */
  decideStart(start: JobStart, at: number): JobStarted {
    const { maxErrors = MAX_ERRORS } = this.#rules;
    return jobStarted(this.#flowId, start, at, maxErrors, this.#fresh >= this.#room);
  }

  /** Adds a job by applying the event that starts it; `isAwaited` if `flow.execute` has started it. */
  applyStart(event: JobStarted, isAwaited = false): Job {
    const line = this.#add(emptyJob(event), isAwaited);
    this.#apply(line, event);
    return line.job;
  }

  /** Starts a job. Its id must not be taken. */
  start(start: JobStart, at: number): JobStarted {
    const event = this.decideStart(start, at);
    this.applyStart(event);
    return event;
  }

  /** Adds a job from an earlier process. None of its activations may be executing. */
  adopt(job: Job, at: number): void {
    const line = this.#add(job);
    this.#queued += job.queued;
    this.#lineAll(line, at);
    this.#joinTurns(line);
  }

  /** Removes a job that has ended, or is abandoned in its current state. */
  forget(jobId: string): void {
    const line = this.#lines.get(jobId);
    if (line === undefined) return;
    const { job } = line;
    this.#queued -= job.queued;
    // So that none of its activations is called. An executing one leaves when it ends, by `left`.
    line.isHeld = true;
    for (const live of livesOf(job, "queued")) this.limits.leave(live, true);
    this.#clear(line);
    line.hasBegun = false;
    this.#joinTurns(line);
    this.#lines.delete(jobId);
    if (line.isInTurns) this.#dropForgotten();
  }

  /** Called when an activation has ended whose job was removed while it executed. */
  left(job: Job, live: LiveActivation): void {
    if (this.#lines.get(job.jobId)?.job !== job) this.limits.leave(live, true);
  }

  /** Returns the events that a command to a job leads to, without applying them. */
  decide(job: Job, command: Command, at: number): JobEvent[] {
    return decide(job, command, at, this.#rules);
  }

  /** Applies events to a job. */
  apply(job: Job, events: readonly JobEvent[]): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined) return;
    for (const event of events) this.#apply(line, event);
  }

  /** Decides and applies a command to a job. */
  dispatch(job: Job, command: Command, at: number): JobEvent[] {
    const events = this.decide(job, command, at);
    this.apply(job, events);
    return events;
  }

  /**
   * Takes the next activation from the queue: jobs take {@linkcode Turns}, and each gives its oldest activation. The
   * state of the activation stays `queued` until it begins.
   *
   * @returns The activation and its job, or `undefined` if no activation may begin.
   */
  take(): Queued | undefined {
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      line.isInTurns = false;
      const isReady = isOpen(line) && line.blockedBy === undefined;
      const live = isReady ? this.#nextOf(line) : undefined;
      if (live !== undefined) {
        line.hasBegun = true;
        line.taken++;
      }
      this.#joinTurns(line);
      if (live === undefined) continue;
      if (this.#mayBlock(live)) this.#block(line, live);
      return { job: line.job, live };
    }
    return undefined;
  }

  /** Puts an activation that was taken, and has not begun, back to the front of its job's queue. */
  giveBack(job: Job, live: LiveActivation): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined) return;
    line.taken--;
    if (line.blockedBy === live) line.blockedBy = undefined;
    line.hasBegun = line.taken > 0 || hasBegun(job);
    if (this.#rules.isSequential) {
      this.limits.leave(live);
      // A later one that was next waits for its limit, and must not be called before this one.
      const later = line.blockedBy;
      this.#askAgain(line, later !== undefined && this.limits.hasAsked(later) ? [later] : NONE);
    }
    if (live.state === "queued" && !this.limits.giveBack(live)) line.waiting.unshift(live);
    this.#joinTurns(line);
  }

  /**
   * Takes the next activation of a job out of its queue, whether or not it may begin, as a worker has begun it already.
   *
   * @param from The activation that it must follow from.
   * @returns `undefined` if the next one does not follow from that.
   */
  follow(job: Job, from: string): LiveActivation | undefined {
    const line = this.#lines.get(job.jobId);
    const next = line?.waiting.peek();
    if (line === undefined || next?.activation.from !== from) return undefined;
    line.waiting.shift();
    line.taken++;
    this.#joinTurns(line);
    return next;
  }

  /**
   * Stops activations of a job from beginning, or allows them to begin again. The hold is not part of the
   * job's state, so it ends with the process.
   */
  hold(job: Job, isHeld: boolean): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined) return;
    line.isHeld = isHeld;
    this.#joinTurns(line);
  }

  /** Queues an activation for a worker, as its `dueAt` has come. */
  due(job: Job, live: LiveActivation): void {
    const line = this.#lines.get(job.jobId);
    if (line === undefined || live.state !== "queued") return;
    this.#lineUp(line, live);
    this.#joinTurns(line);
  }

  /** Removes the jobs that were forgotten from the turns once they are half, as their turns may not come for long. */
  #dropForgotten(): void {
    if (++this.#forgotten * 2 < this.#turns.size) return;
    this.#forgotten = 0;
    this.#turns.filter((line) => this.#lines.get(line.job.jobId) === line);
  }

  /** The number of jobs that may begin. */
  get #room(): number {
    return (this.#rules.maxJobs ?? Infinity) - this.#running;
  }

  #nextLine(): Line | undefined {
    return this.#turns.shift(this.#room > 0);
  }

  #add(job: Job, isAwaited = false): Line {
    const line = newLine(job, isAwaited, this.#rules.stages);
    this.#lines.set(job.jobId, line);
    return line;
  }

  /**
   * Updates the numbers to which a job counts, and adds it to the turns if it has ready activations.
   *
   * @param isNext `true` if it has had its turn before.
   */
  #joinTurns(line: Line, isNext = false): void {
    const { job, hasBegun } = line;
    const wasOpen = line.isOpen;
    line.isOpen = isOpen(line);
    if (wasOpen && !line.isOpen) this.#withdraw(line);
    if (!wasOpen && line.isOpen) this.#parkAgain(line);
    const isReady = line.isOpen && line.blockedBy === undefined;
    const ready = isReady ? (line.first?.size ?? 0) + line.waiting.size : 0;
    const fresh = hasBegun ? 0 : ready;
    this.#ready += ready - fresh - line.ready;
    this.#fresh += fresh - line.fresh;
    line.ready = ready - fresh;
    line.fresh = fresh;
    const isRunning = hasBegun && !hasEnded(job) && (ready > 0 || line.taken + job.executing > 0);
    if (isRunning !== line.isRunning) this.#running += isRunning ? 1 : -1;
    line.isRunning = isRunning;
    if (line.isInTurns || ready === 0) return;
    line.isInTurns = true;
    if (isNext) this.#turns.unshift(line);
    else this.#turns.push(line);
  }

  #apply(line: Line, event: JobEvent): void {
    const { job } = line;
    const change = changeOf(event);
    const held = change.job === "resumed" ? livesOf(job, "held") : NONE;
    const dropped = change.job === "stopping" ? livesOf(job, "queued", "held") : NONE;
    const leaving = change.ended ?? change.retrying;
    const left = leaving === undefined ? undefined : job.live.get(leaving);
    this.#leaveQueue(line, left);
    const { queued } = job;
    apply(job, event);
    if (left !== undefined) this.limits.leave(left);
    this.#queued += job.queued - queued;
    if (line.blockedBy?.state === "ended") {
      line.blockedBy = undefined;
      this.#joinTurns(line);
    }
    if (change.begun !== undefined) {
      if (line.taken > 0) line.taken--;
      if (!this.limits.isEmpty) this.limits.began(job.live.get(change.begun));
    }
    if (change.queued !== undefined) this.#line(line, change.queued, event.at);
    if (change.retrying !== undefined) {
      const live = job.live.get(change.retrying);
      if (live !== undefined && live.dueAt <= event.at) this.#lineUp(line, live);
      else if (live !== undefined && this.#isFirst(live)) line.blockedBy = live;
    }
    for (const live of held) if (live.dueAt <= event.at) this.#wait(line, live);
    if (change.job === "requeued") this.#lineAll(line, event.at);
    for (const one of dropped) this.limits.leave(one, true);
    if (change.job === "stopping") this.#clear(line);
    this.#joinTurns(line);
  }

  /**
   * Removes a queued activation from its line. If it was taken and has not begun, it stops blocking the
   * others; it blocks them again if the applied event makes it the first one that waits.
   */
  #leaveQueue(line: Line, live: LiveActivation | undefined): void {
    if (live?.state !== "queued") return;
    if (!line.first?.remove(live)) line.waiting.remove(live);
    if (line.blockedBy === live) line.blockedBy = undefined;
  }

  /** Drops the queue of a job. */
  #clear(line: Line): void {
    this.#withdraw(line);
    line.first?.clear();
    line.waiting.clear();
  }

  /** Gives the places of activations that were called to those of other jobs, as their job may not go on. */
  #withdraw({ first }: Line): void {
    for (const live of first?.list() ?? []) this.limits.withdraw(live);
  }

  /** Lets activations that were set aside wait for their limits again; in a sequential flow, when it is their turn. */
  #parkAgain(line: Line): void {
    if (this.#rules.isSequential) this.#askAgain(line, NONE);
    else this.limits.parkAgain(line.first?.drain() ?? NONE);
  }

  /** Puts activations of a sequential flow that were called, or are parked, back to the front of their queue. */
  #askAgain(line: Line, parked: readonly LiveActivation[]): void {
    const lives = [...line.first?.drain() ?? NONE, ...parked];
    for (const live of lives.toReversed()) {
      this.limits.leave(live);
      if (line.blockedBy === live) line.blockedBy = undefined;
      line.waiting.unshift(live);
    }
  }

  /** Takes the oldest activation of a job that is still queued, and that its routine allows to begin. */
  #nextOf(line: Line): LiveActivation | undefined {
    const { first, waiting } = line;
    const next = () => first?.shift() ?? waiting.shift();
    for (let live = next(); live !== undefined; live = next()) {
      if (live.state !== "queued") continue;
      if (this.limits.enter(live, line)) return live;
      // In a sequential flow, no later one of its job may be taken meanwhile.
      if (this.#rules.isSequential) return void (line.blockedBy = live);
    }
    return undefined;
  }

  /** Called with an activation that waited for a limit and may begin. Returns `false` if its job may not go on. */
  #called(line: Line, live: LiveActivation): boolean {
    if (line.blockedBy === live) line.blockedBy = undefined;
    addFirst(line, live, this.limits.ticketOf);
    // At the front, as the place is not used until then.
    this.#joinTurns(line, true);
    return isOpen(line);
  }

  /** Queues an activation of a job at the end. */
  #wait(line: Line, live: LiveActivation, isFirst = false): void {
    if (isFirst) line.waiting.unshift(live);
    else line.waiting.push(live);
    if (!this.limits.isEmpty) this.limits.keys.queued({ job: line.job, live });
  }

  /**
   * Rebuilds the queue of a job from all its activations that may begin, in the order in which they could
   * first be executed.
   */
  #lineAll(line: Line, at: number): void {
    const { job, waiting } = line;
    for (const live of job.live.values()) this.limits.leave(live);
    line.first?.clear();
    waiting.clear();
    line.blockedBy = undefined;
    for (const live of queuedOf(job, at)) {
      if (live.dueAt <= at) this.#wait(line, live);
      else if (this.#isFirst(live)) line.blockedBy ??= live;
    }
  }

  /** Queues an activation that may begin now: at the end, or at the front if it blocked the others. */
  #lineUp(line: Line, live: LiveActivation): void {
    const isFirst = this.#isFirst(live);
    if (isFirst && line.blockedBy === live) line.blockedBy = undefined;
    this.#wait(line, live, isFirst);
  }

  /** Checks whether an activation that is queued again keeps its place at the front of its job. */
  #isFirst(live: LiveActivation): boolean {
    return this.#rules.isSequential === true && live.attempt > 0;
  }

  /** Checks whether an activation blocks the later ones of its job until it has ended. */
  #mayBlock({ activation: { routineId } }: LiveActivation): boolean {
    const { isSequential, policies } = this.#rules;
    return isSequential === true && policies.get(routineId)?.mayRetry === true;
  }

  /** Makes an activation that was taken block the later ones of its job. */
  #block(line: Line, live: LiveActivation): void {
    line.blockedBy = live;
    this.#joinTurns(line);
  }

  #line(line: Line, activations: readonly Activation[], at: number): void {
    for (const { activationId } of activations) {
      const live = line.job.live.get(activationId);
      if (live?.state === "queued" && live.dueAt <= at) this.#wait(line, live);
    }
  }
}

/** The activations of a job that an event does not concern; one list, as most events concern none. */
const NONE: readonly LiveActivation[] = [];
