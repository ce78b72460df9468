// The activations that may be to blame for the death of a process. `ActivationSource` asks here before it
// gives one to the pool, and `TaskDesk` reports their ends.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { hasEnded, type Job, type LiveActivation } from "../engine/job.ts";

/** Milliseconds for which nothing else of the flow begins: before a suspect begins, and after that. */
const EXCLUSIVE_MS = 10_000;

/** A suspect that nothing else is to begin beside. */
interface Exclusive {
  readonly job: Job;
  readonly live: LiveActivation;
}

/**
 * The activations that were executed whenever a process died, and have one more attempt. Each of them is
 * executed with nothing else of the flow beside it: if the process dies again, it alone is set aside.
 *
 * | state     | may begin                 | left by                                                     |
 * | --------- | ------------------------- | ----------------------------------------------------------- |
 * | free      | anything but a suspect    | a suspect whose turn has come                               |
 * | waiting   | nothing                   | the end of what executes: the suspect begins                |
 * | exclusive | nothing                   | the end of the suspect                                      |
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
   * @param onChange Called when nothing else may begin, and when something may again.
   * @param exclusiveMs The most milliseconds that a suspect waits to be alone, and is alone.
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
    // Cancelled, or paused with its job, it would stop the others for nothing.
    const isDue = live.state === "executing" ||
      live.state === "queued" && job.status === "running" && !hasEnded(job);
    if (!isDue) this.#free();
    return isDue;
  }

  /**
   * Checks whether an activation may be given to the pool now. A suspect that may not waits to be alone.
   *
   * @param given The number of others that the pool has.
   */
  mayBegin(job: Job, live: LiveActivation, given: number): boolean {
    if (!this.#all.has(live) || this.#impatient.has(live)) return true;
    if (this.#exclusive?.live !== live) this.#reserve({ job, live });
    return given === 0;
  }

  /** Checks whether no activation may be given to the pool, because one waits for, or has, the pool alone. */
  isBusy(given: number): boolean {
    return given > 0 && this.isExclusive;
  }

  /** Called when an activation was given to the pool. */
  begun(live: LiveActivation): void {
    if (this.#exclusive === undefined) return;
    // It has all of its time to itself, however long it waited.
    if (this.#exclusive.live === live) this.#setTimer();
    else this.#free();
  }

  /** The pool has an activation no more. */
  left(live: LiveActivation): void {
    if (this.#exclusive?.live === live) this.#free();
  }

  /** An activation has survived its attempt, or has ended. */
  ended(live: LiveActivation): void {
    this.#all.delete(live);
  }

  /** Waits for nothing any more. */
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
