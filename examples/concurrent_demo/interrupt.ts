/** Milliseconds in which a signal is still the first: `deno task` passes on what the terminal sent. */
const ECHO_MS = 300;

/** Listens for Ctrl-C. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #pressed = Promise.withResolvers<void>();
  readonly #onSignal: () => void;
  #pressedAt = 0;

  /** @param onSecond What a second Ctrl-C does, for whom the first is too slow. */
  constructor(onSecond: () => void) {
    this.#onSignal = () => {
      if (!this.signal.aborted) this.#press();
      else if (performance.now() - this.#pressedAt > ECHO_MS) onSecond();
    };
    Deno.addSignalListener("SIGINT", this.#onSignal);
  }

  /** Aborts at the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for something, but no longer than to the first Ctrl-C. */
  async waitFor(something: Promise<void>): Promise<void> {
    await Promise.race([something, this.#pressed.promise]);
  }

  /** Leaves Ctrl-C to end the program. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#onSignal);
  }

  #press(): void {
    this.#pressedAt = performance.now();
    this.#controller.abort(new Error("interrupted by Ctrl-C"));
    this.#pressed.resolve();
  }
}
