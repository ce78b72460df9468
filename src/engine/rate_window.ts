/** The number of spent times from which on a list is copied without them. */
const MIN_SPENT = 32;

/**
 * The starts of the last period of a rate. No period of the rate's length, wherever it begins, has more starts than the
 * limit: a start counts from the time at which it is reported, as it was before that, and one that is not reported yet
 * counts as the latest.
 */
export class RateWindow {
  readonly #rate: Rate;
  /** The times of the reported starts, oldest first. Those before `#head` are spent. */
  #times: number[] = [];
  #head = 0;
  /** The number of activations that may start, and whose start has not been reported. */
  #open = 0;
  /** The number of earlier starts that are not known, and the time until which they count. */
  #assumed = 0;
  #assumedUntil = Infinity;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Returns the number of starts that count at a time, with those that were not reported yet, or are not known. */
  starts(at: number): number {
    this.#pass(at);
    return Math.min(this.#assumed, this.#rate.limit) + this.#known;
  }

  /** Returns the number of activations that may start at a time. */
  room(at: number): number {
    this.#pass(at);
    return this.#rate.limit - this.#assumed - this.#known;
  }

  /**
   * The next time at which `room` may return more than before; `undefined` if a start has to be reported before that, or
   * there are none.
   */
  get nextAt(): number | undefined {
    const oldest = this.#times[this.#head];
    const spentAt = oldest === undefined ? Infinity : oldest + this.#rate.per;
    const at = Math.min(this.#assumedUntil, spentAt);
    return at === Infinity ? undefined : at;
  }

  /** The time at which all starts are spent; `undefined` if there are none, or one has not been reported. */
  get spentAt(): number | undefined {
    const latest = this.#times.at(-1);
    return latest === undefined || this.#open > 0 ? undefined : latest + this.#rate.per;
  }

  /** The time of the start that counts, if that is the only one; else `undefined`. */
  get onlyStart(): number | undefined {
    return this.#known === 1 && this.#open === 0 ? this.#times[this.#head] : undefined;
  }

  /** Called when an activation may start. */
  open(): void {
    this.#open++;
  }

  /** Called when an activation that may start does not. */
  abandon(): void {
    this.#open--;
  }

  /** Called when the start of an activation is reported, with the current time. */
  began(at: number): void {
    this.#open--;
    this.add(at);
  }

  /** Counts a number of starts that are not known, as if they had been at a time. */
  assume(count: number, at: number): void {
    if (count === 0) return;
    this.#assumed = count;
    this.#assumedUntil = at + this.#rate.per;
  }

  /** Adds a start that nothing has announced. */
  add(at: number): void {
    const times = this.#times;
    const latest = times.at(-1);
    // A list of one takes one place, whereas pushing to an empty one makes room for sixteen more.
    if (latest === undefined) this.#times = [at];
    // A start that is recorded with an earlier time counts a little longer.
    else times.push(Math.max(latest, at));
  }

  /** The number of starts that were announced or reported in the period. */
  get #known(): number {
    return this.#open + this.#times.length - this.#head;
  }

  /** Drops the starts of earlier periods. */
  #pass(at: number): void {
    const times = this.#times;
    if (at >= this.#assumedUntil) [this.#assumed, this.#assumedUntil] = [0, Infinity];
    // Added as in `nextAt`, as a difference may be rounded to another time.
    while (this.#head < times.length && times[this.#head]! + this.#rate.per <= at) this.#head++;
    if (this.#head === times.length) this.#times = [];
    else if (this.#head >= MIN_SPENT && this.#head * 2 >= times.length) {
      this.#times = times.slice(this.#head);
    } else return;
    this.#head = 0;
  }
}

/** A maximum number of starts in every period of a length. */
export interface Rate {
  /** The maximum number of starts. */
  readonly limit: number;
  /** The length of the period, in milliseconds. */
  readonly per: number;
}
