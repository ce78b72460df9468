/** The length of the period over which ends are counted, in milliseconds. */
const PERIOD = 5_000;

/** The number of parts of that period. */
const PARTS = 20;

const PART = PERIOD / PARTS;

/** The number of ends per second over the last five seconds, in constant memory. */
export class EndRate {
  readonly #counts = new Float64Array(PARTS);
  /** The number of the part, since the epoch, that each place counts. */
  readonly #parts = new Float64Array(PARTS).fill(-1);

  /** Counts a number of ends at a time, in epoch milliseconds. */
  add(at: number, ends = 1): void {
    const part = Math.floor(at / PART);
    const place = part % PARTS;
    if (this.#parts[place] !== part) {
      // An end that is reported late must not replace a newer count.
      if (this.#parts[place]! > part) return;
      this.#parts[place] = part;
      this.#counts[place] = 0;
    }
    this.#counts[place]! += ends;
  }

  /**
   * Returns the number of ends per second before a time.
   *
   * @param at The time, in epoch milliseconds.
   * @param since The time at which the run began; a shorter run is not taken for a slow one.
   */
  perSecond(at: number, since: number): number {
    const last = Math.floor(at / PART);
    let ends = 0;
    for (let place = 0; place < PARTS; place++) {
      const age = last - this.#parts[place]!;
      if (age >= 0 && age < PARTS) ends += this.#counts[place]!;
    }
    const period = Math.min(PERIOD, Math.max(PART, at - since));
    return ends / period * 1000;
  }
}
