import { elapsed } from "../data/clock.ts";

/** The time for which the answer to a probe shows that the worker is not blocked, in milliseconds. */
const LISTENS_MS = 5;
/** The time by which an answer may take longer than twice the one before, in milliseconds. */
const JITTER_MS = 200;

/**
 * Finds out whether a worker behind a channel is free to begin something: it answers probes, and may be blocked
 * again by whatever of the user's code it is sent after that.
 */
export class ChannelProbes {
  readonly #send: (probe: number) => void;
  readonly #clock: () => number;
  #sent = 0;
  /** `true` while the last probe is unanswered, and nothing that may block the worker was sent behind it. */
  #isAsking = false;
  /** The time at which the last probe was sent. */
  #sentAt = 0;
  /** The time that the last answer took, in milliseconds. */
  #roundTrip = Infinity;
  /** The time of the last sign that the worker is not blocked; `-Infinity` if it may be blocked since. */
  #listenedAt = -Infinity;

  /**
   * @param send Sends a probe, by its number.
   * @param clock The time in milliseconds, by which answers are trusted.
   */
  constructor(send: (probe: number) => void, clock: () => number = elapsed) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Checks whether the worker has shown a moment ago that it is not blocked. */
  get isListening(): boolean {
    return this.#clock() - this.#listenedAt < LISTENS_MS;
  }

  /** Sends a probe, unless the answer to one is awaited. */
  ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#sentAt = this.#clock();
    this.#send(++this.#sent);
  }

  /** Called when something was sent that may block the worker: no answer to an earlier probe counts. */
  sentBlocking(): void {
    this.#isAsking = false;
    this.mayBlock();
  }

  /** Called when user code may block the worker from now on, whatever it has answered before. */
  mayBlock(): void {
    this.#listenedAt = -Infinity;
  }

  /**
   * Called when the worker has answered a probe. An answer that took much longer than the one before may have
   * lain here while this thread was blocked, so that it does not count.
   *
   * @returns `true` if no other probe is awaited.
   */
  answered(probe: number): boolean {
    if (!this.#isAsking || probe !== this.#sent) return false;
    const took = this.#clock() - this.#sentAt;
    if (took <= 2 * this.#roundTrip + JITTER_MS) this.#listenedAt = this.#clock();
    this.#roundTrip = took;
    this.#isAsking = false;
    return true;
  }
}
