import { now } from "../data/clock.ts";
import type { Activation } from "./activation.ts";
import { nextTurn } from "./next_turn.ts";
import type { Outbox } from "./outbox.ts";

/** Results are held back no longer than this, in milliseconds, to leave together. */
const MAX_HELD_MS = 0.2;
/** The microtasks that handlers may await without that counting as a wait. */
const MICROTASKS = 8;

/**
 * Decides when the outbox of a worker is flushed: results that come together leave together, and none
 * waits for a handler that takes its time.
 */
export class ResultFlow {
  readonly #outbox: Outbox;
  readonly #awaiting: ReadonlyMap<number, Activation>;
  /** Activations that await something and were not reported to the host. */
  #unreported: Activation[] = [];
  #flushedAt = 0;
  #isFlushing = false;
  #isAsking = false;

  /**
   * @param outbox The outbox.
   * @param awaiting The activations whose handlers await something.
   */
  constructor(outbox: Outbox, awaiting: ReadonlyMap<number, Activation>) {
    this.#outbox = outbox;
    this.#awaiting = awaiting;
  }

  /** Results are held back from now on, as `at` is. */
  begin(at: number): void {
    this.#flushedAt = at;
  }

  /**
   * Flushes what has been held back for long enough.
   *
   * @param at The time, in epoch milliseconds.
   * @returns The time when that is done.
   */
  flushIfOld(at: number): number {
    if (at - this.#flushedAt < MAX_HELD_MS || !this.#outbox.hasItems) return at;
    this.#outbox.flush();
    return this.#flushedAt = now();
  }

  /** A handler awaits something: if it still does when the outbox is flushed, that is reported. */
  awaits(activation: Activation): void {
    this.#unreported.push(activation);
  }

  /** Flushes; if handlers await something, only when it is known that they really wait. */
  flushUnlessQuick(): void {
    if (this.#awaiting.size === 0) this.#outbox.flush();
    else this.#flushSoon();
  }

  /** Flushes when the stack has ended, which may be a handler's: it awaits an answer. */
  flushForAsk(): void {
    if (this.#isAsking) return;
    // The stack may be full: nothing is noted before it is certain to happen.
    void this.#flushWithoutStack();
    this.#isAsking = true;
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
    // What waits side by side often ends side by side: those results leave together.
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
