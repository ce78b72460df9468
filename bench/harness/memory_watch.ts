const EVERY_MS = 10;

/** Watches the memory of this process. Requires `--v8-flags=--expose-gc`. */
export class MemoryWatch {
  readonly #heapBefore: number;
  readonly #rssBefore: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #peak = 0;

  constructor() {
    this.#heapBefore = heapInUse();
    this.#rssBefore = Deno.memoryUsage().rss;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /**
   * Stops watching. Returns the peak in bytes, the difference between the peak and the start, and
   * the growth of the memory in use since the start.
   */
  end(): { peak: number; above: number; held: number } {
    clearInterval(this.#timer);
    this.#look();
    const held = Math.max(0, heapInUse() - this.#heapBefore);
    return { peak: this.#peak, above: this.#peak - this.#rssBefore, held };
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, Deno.memoryUsage().rss);
  }
}

/** Returns the bytes in use after a garbage collection. */
function heapInUse(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
