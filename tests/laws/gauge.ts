/** Counts in shared memory what executes at once, over all threads and without any clock. */
export class Gauge {
  readonly #cells: Int32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#cells = new Int32Array(memory);
  }

  /** The greatest number that was inside at once. */
  get greatest(): number {
    return Atomics.load(this.#cells, 1);
  }

  /** One more is inside. */
  enter(): void {
    const inside = Atomics.add(this.#cells, 0, 1) + 1;
    for (let seen = this.greatest; seen < inside; seen = this.greatest) {
      Atomics.compareExchange(this.#cells, 1, seen, inside);
    }
  }

  /** One less is inside. */
  leave(): void {
    Atomics.sub(this.#cells, 0, 1);
  }
}
