// Decides when a worker sends its results. Used by `Runner`.

import { now } from "../data/clock.ts";
import type { RunningActivation } from "./running_activation.ts";
import { nextTurn } from "./next_turn.ts";
import type { Outbox } from "./outbox.ts";

/** The time for which results are always held back to be sent together, in milliseconds. */
const HELD_MS = 0.2;
/** The maximum time for which results are held back to be sent together, in milliseconds. */
const MAX_HELD_MS = 1;
/** The number of results that are worth a message of their own after the shorter time. */
const ENOUGH = 16;
/** The number of microtasks that a handler may await before it counts as waiting. */
const MICROTASKS = 8;

/**
 * Decides when the outbox of a worker is flushed. Results that arrive together are sent together, and no
 * result waits for a slow handler.
 */
export class ResultFlow {
  readonly #outbox: Outbox;
  readonly #awaiting: ReadonlyMap<number, RunningActivation>;
  /** Activations that await and were not reported to the host. */
  #unreported: RunningActivation[] = [];
  #flushedAt = 0;
  #isFlushing = false;
  #isAsking = false;

  /**
   * @param outbox The outbox.
   * @param awaiting The activations whose handlers await.
   */
  constructor(outbox: Outbox, awaiting: ReadonlyMap<number, RunningActivation>) {
    this.#outbox = outbox;
    this.#awaiting = awaiting;
  }

  /** Starts holding back results, at the time `at`. */
  begin(at: number): void {
    this.#flushedAt = at;
  }

  /**
   * Flushes the results if they have been held back for long enough. Each message takes the host and the worker
   * as long as some short tasks, so a few results wait for others.
   *
   * @param at The time, in epoch milliseconds.
   * @returns The current time after that, in epoch milliseconds.
   */
  flushIfOld(at: number): number {
    const held = at - this.#flushedAt;
    if (held < HELD_MS) return at;
    const { size } = this.#outbox;
    if (size === 0 || held < MAX_HELD_MS && size < ENOUGH) return at;
    return this.#flush();
  }

  /**
   * Flushes the results if the next task would make them wait for more than the maximum time.
   *
   * @param at The time, in epoch milliseconds.
   * @param estimate The estimated duration of the next task, in milliseconds.
   * @returns The current time after that, in epoch milliseconds.
   */
  flushBefore(at: number, estimate: number): number {
    if (at - this.#flushedAt + estimate <= MAX_HELD_MS || this.#outbox.size === 0) return at;
    return this.#flush();
  }

  /** Records that a handler awaits. If it still does at the next flush, that is reported to the host. */
  awaits(activation: RunningActivation): void {
    this.#unreported.push(activation);
  }

  /**
   * Flushes at once if no handler awaits, else after some microtasks, as the handlers may end within them.
   */
  flushUnlessQuick(): void {
    if (this.#awaiting.size === 0) this.#outbox.flush();
    else this.#flushSoon();
  }

  /** Flushes when the current stack, which may be that of a handler, has ended. */
  flushForAsk(): void {
    if (this.#isAsking) return;
    // The stack may overflow, so the flag is set only after the call has succeeded.
    void this.#flushWithoutStack();
    this.#isAsking = true;
  }

  #flush(): number {
    this.#outbox.flush();
    return this.#flushedAt = now();
  }

  async #flushWithoutStack(): Promise<void> {
    await undefined;
    this.#isAsking = false;
    this.#outbox.flush();
  }

  /** Flushes after some microtasks, and reports the handlers that have not ended by then. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    void this.#flushAfterMicrotasks();
  }

  async #flushAfterMicrotasks(): Promise<void> {
    let microtasks = 0;
    do await undefined; while (++microtasks < MICROTASKS && this.#awaiting.size > 0);
    // Handlers that wait at the same time often end at the same time, so their results are sent together.
    if (this.#awaiting.size > 1) await nextTurn();
    this.#isFlushing = false;
    const unreported = this.#unreported;
    this.#unreported = [];
    for (const { isEnded, task } of unreported) {
      if (!isEnded) this.#outbox.push({ type: "running", task });
    }
    this.#outbox.flush();
  }
}
