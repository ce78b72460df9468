// Looks whether what was stored is still there, for all flows on a store together. Called by `CommitLog`.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { Store } from "../store/store.ts";

/** Milliseconds between two looks. */
const CHECK_MS = 1_000;

const WATCHES = new WeakMap<Store, StoreWatch>();

/** Looks at a store from time to time: it may fail while nothing is written. */
export class StoreWatch {
  readonly #store: Store;
  readonly #onFailures = new Set<(error: Error) => void>();
  #timer: TimerId | undefined;

  private constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Watches a store until the result is disposed of. The looks do not hold up the end of the program.
   *
   * @param store The store; one without a `check` is not watched.
   * @param onFailure Called with what each look finds wrong.
   */
  static watch(store: Store, onFailure: (error: Error) => void): Disposable {
    if (store.check === undefined) return { [Symbol.dispose]() {} };
    let watch = WATCHES.get(store);
    if (watch === undefined) WATCHES.set(store, watch = new StoreWatch(store));
    return watch.#add(onFailure);
  }

  #add(onFailure: (error: Error) => void): Disposable {
    // Each has an entry of its own, also where two give the same function.
    const entry = (error: Error) => onFailure(error);
    this.#onFailures.add(entry);
    if (this.#onFailures.size === 1) this.#checkLater();
    return {
      [Symbol.dispose]: () => {
        this.#onFailures.delete(entry);
        if (this.#onFailures.size === 0) clearTimer(this.#timer);
      },
    };
  }

  #checkLater(): void {
    clearTimer(this.#timer);
    this.#timer = after(CHECK_MS, () => {
      this.#check();
      if (this.#onFailures.size > 0) this.#checkLater();
    });
    unrefTimer(this.#timer);
  }

  #check(): void {
    try {
      this.#store.check?.();
    } catch (error) {
      for (const onFailure of [...this.#onFailures]) onFailure(error as Error);
    }
  }
}
