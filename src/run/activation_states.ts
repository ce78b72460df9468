// The numbers of activations and open waits in each state, of each job, each routine and the whole run. `RunModel` calls
// it for each event: a change of state is counted for the job and for the routine at once, and nowhere else.

import type {
  Activation,
  ActivationEventBase,
  ActivationStarted,
  FeedEntry,
  Wait,
} from "../engine/job_event.ts";
import { count, hasOpen, namedCounts, noCounts, STATE } from "./counts.ts";
import { Executing } from "./executing.ts";
import type { JobTally } from "./job_tally.ts";
import { RoutineTally } from "./routine_tally.ts";
import type { ActivationCounts } from "./run_snapshot.ts";

/** Counts the activations of a run by their states. */
export class ActivationStates {
  /** The activations that execute. */
  readonly executing = new Executing();
  readonly #routines = new Map<string, RoutineTally>();

  /** The routines, in the order in which they were added. */
  get routines(): ReadonlyMap<string, RoutineTally> {
    return this.#routines;
  }

  /** Returns the numbers of the whole run. */
  totals(): ActivationCounts {
    const totals = noCounts();
    for (const { counts } of this.#routines.values()) {
      for (const state of Object.values(STATE)) count(totals, state, counts[state] ?? 0);
    }
    return namedCounts(totals);
  }

  /** Returns a routine, which is added if it is new. */
  routine(routineId: string): RoutineTally {
    return this.#routines.getOrInsertComputed(
      routineId,
      () => new RoutineTally(routineId, this.#routines.size),
    );
  }

  /** Adds activations that were queued, or held back. */
  queued(job: JobTally, activations: readonly Activation[], from: RoutineTally | undefined): void {
    for (const { activationId, routineId, slot, event, held } of activations) {
      const routine = this.routine(routineId);
      if (held) {
        (job.held ??= new Map()).set(activationId, routine);
        this.#count(job, routine, STATE.held, 1);
      } else this.#wait(job, routine, 1);
      if (event !== undefined) from?.delivered(event, routineId, slot);
    }
  }

  /** Moves an activation to the executing ones. */
  begun(job: JobTally, event: ActivationStarted): RoutineTally {
    const routine = this.routine(event.routineId);
    if (!this.executing.add(event)) return routine;
    this.#leftQueue(job, routine, event.activationId);
    this.#count(job, routine, STATE.executing, 1);
    return routine;
  }

  /** Moves an activation back to the queued ones, for another attempt. */
  retried(job: JobTally, event: ActivationEventBase): RoutineTally {
    const routine = this.#left(job, event);
    this.#wait(job, routine, 1);
    this.#count(job, routine, STATE.retried, 1);
    return routine;
  }

  /** Moves an activation to the state of its end. */
  ended(job: JobTally, event: ActivationEventBase, state: number): RoutineTally {
    const routine = this.#left(job, event);
    this.#count(job, routine, state, 1);
    return routine;
  }

  /** Adds the open feed of a job. */
  feedBegun(job: JobTally, { routineId }: FeedEntry): void {
    job.feed = this.routine(routineId);
    job.feed.feeds++;
  }

  /** Called when no more items of the feed of a job follow, if it has one. */
  feedEnded(job: JobTally): void {
    if (job.feed !== undefined) job.feed.feeds--;
    job.feed = undefined;
  }

  /** Adds open waits. */
  waitsBegun(job: JobTally, waits: readonly Wait[] = []): void {
    for (const { waitId, routineId } of waits) {
      const routine = this.routine(routineId);
      (job.waits ??= new Map()).set(waitId, routine);
      this.#count(job, routine, STATE.waiting, 1);
    }
  }

  /** Counts a wait that begins again. */
  waitRetried(job: JobTally, { routineId }: Wait): void {
    this.#count(job, this.routine(routineId), STATE.retried, 1);
  }

  /** Removes a wait. */
  waitEnded(job: JobTally, waitId: string): void {
    const routine = job.waits?.get(waitId);
    if (routine === undefined) return;
    job.waits?.delete(waitId);
    this.#count(job, routine, STATE.waiting, -1);
  }

  /** Queues the activations of a job that are held back. */
  release(job: JobTally): void {
    for (const routine of job.held?.values() ?? []) {
      this.#count(job, routine, STATE.held, -1);
      this.#wait(job, routine, 1);
    }
    job.held = undefined;
  }

  /** Queues the executing activations of a job again, as their process does not run any more. */
  requeue(job: JobTally): void {
    for (const { activationId, routineId } of this.executing.of(job.jobId)) {
      const routine = this.routine(routineId);
      this.executing.remove(activationId);
      this.#count(job, routine, STATE.executing, -1);
      this.#wait(job, routine, 1);
    }
  }

  /**
   * Cancels the queued and held activations of a job that stops, and removes its waits.
   *
   * @returns The number of activations.
   */
  drop(job: JobTally): number {
    this.feedEnded(job);
    this.release(job);
    let dropped = 0;
    for (const routine of this.#routines.values()) {
      const queued = job.queuedOf(routine);
      if (queued === 0) continue;
      this.#wait(job, routine, -queued);
      this.#count(job, routine, STATE.cancelled, queued);
      dropped += queued;
    }
    this.#forgetWaits(job);
    return dropped;
  }

  /** Removes activations and waits that are still open at the end of a job, which means that events are missing. */
  forgetOpen(job: JobTally): void {
    this.feedEnded(job);
    if (!hasOpen(job.counts)) return;
    this.requeue(job);
    this.release(job);
    for (const routine of this.#routines.values()) {
      const queued = job.queuedOf(routine);
      if (queued > 0) this.#wait(job, routine, -queued);
    }
    this.#forgetWaits(job);
  }

  #forgetWaits(job: JobTally): void {
    for (const waitId of [...job.waits?.keys() ?? []]) this.waitEnded(job, waitId);
  }

  /** Removes an activation from its state: it executed, was held back, or was queued. */
  #left(job: JobTally, { activationId, routineId }: ActivationEventBase): RoutineTally {
    const routine = this.routine(routineId);
    if (this.executing.remove(activationId)) this.#count(job, routine, STATE.executing, -1);
    else this.#leftQueue(job, routine, activationId);
    return routine;
  }

  /** Removes an activation that was held back or queued; one whose queueing is missing is neither. */
  #leftQueue(job: JobTally, routine: RoutineTally, activationId: string): void {
    if (job.held?.delete(activationId)) this.#count(job, routine, STATE.held, -1);
    else if (job.queuedOf(routine) > 0) this.#wait(job, routine, -1);
  }

  /** Adds to the number of queued activations. */
  #wait(job: JobTally, routine: RoutineTally, by: number): void {
    job.addQueued(routine, by);
    this.#count(job, routine, STATE.queued, by);
  }

  #count(job: JobTally, routine: RoutineTally, state: number, by: number): void {
    count(job.counts, state, by);
    count(routine.counts, state, by);
  }
}
