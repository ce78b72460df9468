/**
 * The time in which a signal is a duplicate, as `deno task` forwards it as well, in milliseconds.
 */
const ECHO_MS = 300;

/** Listens for Ctrl-C. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #pressed = Promise.withResolvers<void>();
  readonly #onSignal: () => void;
  #pressedAt = 0;

  /** @param onSecond Called at a second Ctrl-C, to end the program at once. */
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

  /** Waits for a promise, but no longer than until the first Ctrl-C. */
  async waitFor(something: Promise<void>): Promise<void> {
    await Promise.race([something, this.#pressed.promise]);
  }

  /** Stops listening, so that Ctrl-C ends the program again. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#onSignal);
  }

  #press(): void {
    this.#pressedAt = performance.now();
    this.#controller.abort(new Error("interrupted by Ctrl-C"));
    this.#pressed.resolve();
  }
}
