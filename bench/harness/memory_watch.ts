const EVERY_MS = 10;

/** Watches the memory of this process. It needs `--v8-flags=--expose-gc`. */
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
   * Stops watching: the most bytes seen, how many that is above the start, and those more in use than
   * at the start.
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

/** What is left when all that nobody needs is gone. */
function heapInUse(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
