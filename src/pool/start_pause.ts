// The pause between attempts to start workers. Used by `WorkerSet`, to which `WorkerPool` reports the attempts.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";

/** The first and the longest pause, in milliseconds. It doubles with each failed start after a pause. */
const FIRST_MS = 100, LONGEST_MS = 5_000;

/**
 * Delays the start of workers after failed starts, while other workers serve. If no worker serves, each
 * failed start fails a task instead.
 */
export class StartPause {
  readonly #over: () => void;
  #ms = FIRST_MS;
  #timer: TimerId | undefined;

  /** @param over Called at the end of each pause. */
  constructor(over: () => void) {
    this.#over = over;
  }

  /** `true` during a pause. */
  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins a pause, as a worker did not start. Others that were starting as well do not prolong it. */
  begin(): void {
    if (this.isOn) return;
    this.#timer = after(this.#ms, () => {
      this.#timer = undefined;
      this.#over();
    });
    unrefTimer(this.#timer);
    this.#ms = Math.min(2 * this.#ms, LONGEST_MS);
  }

  /**
   * Ends the pause, as a new worker serves, or no more workers are to start. The next pause is the shortest.
   */
  end(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#ms = FIRST_MS;
  }
}
