// The activations that may have caused the death of a process. `ActivationSource` calls it before it passes
// an activation to the pool, and `TaskDesk` reports the ends of activations.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { hasEnded, type Job, type LiveActivation } from "../engine/job.ts";

/** The maximum time for which a suspect waits to be alone, and then is alone, in milliseconds. */
const EXCLUSIVE_MS = 10_000;

/** A suspect that excludes all other activations of its flow. */
interface Exclusive {
  readonly job: Job;
  readonly live: LiveActivation;
}

/**
 * The activations that were executing whenever a process died, and have one attempt left. Each of them is
 * executed alone in its flow, so that if the process dies again, only this activation fails.
 *
 * | state     | may begin                 | left by                                                     |
 * | --------- | ------------------------- | ----------------------------------------------------------- |
 * | free      | any activation            | a suspect whose turn has come                               |
 * | waiting   | none                      | the end of all executing activations: the suspect begins    |
 * | exclusive | none                      | the end of the suspect                                      |
 *
 * The states `waiting` and `exclusive` also end after a timeout, so that neither a long activation nor a long
 * suspect stops the flow; a suspect whose wait timed out begins beside other activations. Backpressure is
 * off in both states, because no other activation executes that could make room in the queue.
 */
export class Suspects {
  readonly #all = new Set<LiveActivation>();
  /** The suspects whose wait for exclusive execution timed out; they begin beside other activations. */
  readonly #impatient = new WeakSet<LiveActivation>();
  readonly #onChange: () => void;
  readonly #exclusiveMs: number;
  #exclusive: Exclusive | undefined;
  #timer: TimerId | undefined;

  /**
   * @param onChange Called when a suspect begins or ceases to exclude other activations.
   * @param exclusiveMs The maximum time for which a suspect waits to be alone, and then is alone, in
   * milliseconds.
   */
  constructor(onChange: () => void, exclusiveMs = EXCLUSIVE_MS) {
    this.#onChange = onChange;
    this.#exclusiveMs = exclusiveMs;
  }

  /** Adds an activation that may be the cause of the deaths. */
  add(live: LiveActivation): void {
    this.#all.add(live);
  }

  /** Checks whether a suspect is executed alone, or waits for that. */
  get isExclusive(): boolean {
    const { job, live } = this.#exclusive ?? {};
    if (live === undefined || job === undefined) return false;
    // A suspect that is cancelled, or paused with its job, must not block the others.
    const isDue = live.state === "executing" ||
      live.state === "queued" && job.status === "running" && !hasEnded(job);
    if (!isDue) this.#free();
    return isDue;
  }

  /**
   * Checks whether an activation may be passed to the pool now. If not, it is a suspect that now waits to be
   * alone.
   *
   * @param given The number of other activations that the pool has.
   */
  mayBegin(job: Job, live: LiveActivation, given: number): boolean {
    if (!this.#all.has(live) || this.#impatient.has(live)) return true;
    if (this.#exclusive?.live !== live) this.#reserve({ job, live });
    return given === 0;
  }

  /** Checks whether no activation may be passed to the pool, because a suspect waits to be, or is, alone. */
  isBusy(given: number): boolean {
    return given > 0 && this.isExclusive;
  }

  /** Called when an activation was passed to the pool. */
  begun(live: LiveActivation): void {
    if (this.#exclusive === undefined) return;
    // The time alone starts now, however long the suspect has waited.
    if (this.#exclusive.live === live) this.#setTimer();
    else this.#free();
  }

  /** Called when the pool no longer has an activation. */
  left(live: LiveActivation): void {
    if (this.#exclusive?.live === live) this.#free();
  }

  /** Called when an activation has survived its attempt, or has ended. */
  ended(live: LiveActivation): void {
    this.#all.delete(live);
  }

  /** Stops the timer. */
  close(): void {
    clearTimer(this.#timer);
  }

  #reserve(exclusive: Exclusive): void {
    this.#exclusive = exclusive;
    this.#setTimer();
    this.#onChange();
  }

  #free(): void {
    clearTimer(this.#timer);
    this.#exclusive = undefined;
    this.#onChange();
  }

  #setTimer(): void {
    clearTimer(this.#timer);
    this.#timer = after(this.#exclusiveMs, () => {
      const live = this.#exclusive?.live;
      if (live?.state === "queued") this.#impatient.add(live);
      this.#free();
    });
    unrefTimer(this.#timer);
  }
}
