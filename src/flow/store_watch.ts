// Checks at intervals that the stored data is still in place, once for all flows of a store. Called by
// `CommitLog`.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { Store } from "../store/store.ts";

/** The interval between two checks, in milliseconds. */
const CHECK_MS = 1_000;

const WATCHES = new WeakMap<Store, StoreWatch>();

/** Checks a store at intervals, as its data can be lost while nothing is written. */
export class StoreWatch {
  readonly #store: Store;
  readonly #onFailures = new Set<(error: Error) => void>();
  #timer: TimerId | undefined;

  private constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Watches a store until the result is disposed of. Does not keep the program alive.
   *
   * @param store The store; a store without a `check` is not watched.
   * @param onFailure Called with the error of each check that fails.
   */
  static watch(store: Store, onFailure: (error: Error) => void): Disposable {
    if (store.check === undefined) return { [Symbol.dispose]() {} };
    let watch = WATCHES.get(store);
    if (watch === undefined) WATCHES.set(store, watch = new StoreWatch(store));
    return watch.#add(onFailure);
  }

  #add(onFailure: (error: Error) => void): Disposable {
    // Wrapped, so that each caller has its own entry, even if two pass the same function.
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
