import type { LiveActivation } from "../engine/job.ts";

/**
 * The activations that were executed whenever a process died, and have one more attempt. Each of them is
 * executed with nothing else of the flow beside it: if the process dies once more, it alone is set aside.
 */
export class Suspects {
  readonly #all = new Set<LiveActivation>();
  /** The one that waits until nothing else is executed, or is executed alone. */
  #alone: LiveActivation | undefined;

  /** Adds an activation that may be to blame. */
  add(live: LiveActivation): void {
    this.#all.add(live);
  }

  /**
   * Checks whether an activation may be given to the pool now.
   *
   * @param live The activation.
   * @param given How many others the pool has.
   */
  mayBegin(live: LiveActivation, given: number): boolean {
    if (!this.#all.has(live)) return true;
    this.#alone = live;
    return given === 0;
  }

  /** Checks whether nothing may be given to the pool, which has a number of tasks. */
  isBusy(given: number): boolean {
    return this.#alone !== undefined && given > 0;
  }

  /** An activation was given to the pool. */
  begun(live: LiveActivation): void {
    // One that waited to be alone was cancelled meanwhile, or its job was paused.
    if (this.#alone !== live) this.#alone = undefined;
  }

  /** The pool has an activation no more. */
  ended(live: LiveActivation): void {
    if (this.#all.delete(live) && this.#alone === live) this.#alone = undefined;
  }
}
