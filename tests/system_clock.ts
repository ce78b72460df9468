/** A system clock that a test sets, until it is disposed of. */
export class SystemClock implements Disposable {
  readonly #now = Date.now;
  /** By how many milliseconds it was set forward. */
  ahead = 0;

  constructor() {
    Date.now = () => this.#now() + this.ahead;
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
  }
}
