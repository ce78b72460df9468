/**
 * The conformance cases that every store passes, for any test runner.
 *
 * @example Testing a custom store
 * ```ts
 * import { storeCases } from "@millrace/flow/store-conformance";
 * import { MemoryStore } from "@millrace/flow/store";
 *
 * for (const { name, run } of storeCases(() => ({ store: new MemoryStore() }))) {
 *   Deno.test(name, run);
 * }
 * ```
 *
 * @module
 */

import type { AsyncStore } from "./async_store.ts";
import { ASYNC_CASES, type AsyncCheck } from "./conformance/async_cases.ts";
import { CASES } from "./conformance/cases.ts";
import type { Check } from "./conformance/expect.ts";
import { SAMPLE_FLOW } from "./conformance/sample_events.ts";
import type { Store } from "./store.ts";

/**
 * A new, empty store for a test.
 *
 * @example A store with a file that is removed after its test
 * ```ts
 * import { SqliteStore } from "@millrace/flow/sqlite";
 * import { type StoreUnderTest } from "@millrace/flow/store-conformance";
 *
 * function make(): StoreUnderTest {
 *   const folder = Deno.makeTempDirSync();
 *   const open = () => new SqliteStore(`${folder}/jobs.db`);
 *   return {
 *     store: open(),
 *     reopen: open,
 *     dispose: () => Deno.removeSync(folder, { recursive: true }),
 *   };
 * }
 * ```
 */
export interface StoreUnderTest {
  /** The store. */
  readonly store: Store;
  /**
   * Opens the data of the first store again, which has been closed; absent if the store is not durable.
   */
  readonly reopen?: () => Store;
  /** Cleans up after the test, when the stores have been closed. */
  readonly dispose?: () => void;
}

/**
 * A test of one requirement on a store.
 *
 * @example Listing the cases that a store fails
 * ```ts
 * import { MemoryStore } from "@millrace/flow/store";
 * import { type StoreCase, storeCases } from "@millrace/flow/store-conformance";
 *
 * function fails({ run }: StoreCase): boolean {
 *   try {
 *     run();
 *     return false;
 *   } catch {
 *     return true;
 *   }
 * }
 * const failed = storeCases(() => ({ store: new MemoryStore() })).filter(fails);
 * console.log(failed.map(({ name }) => name)); // []
 * ```
 */
export interface StoreCase {
  /** The requirement. */
  readonly name: string;
  /** Runs the test, and throws if the store does not meet the requirement. */
  readonly run: () => void;
}

/**
 * Returns tests of all requirements on a store.
 *
 * @example A quick check without a test runner
 * ```ts
 * import { MemoryStore } from "@millrace/flow/store";
 * import { storeCases } from "@millrace/flow/store-conformance";
 *
 * for (const { run } of storeCases(() => ({ store: new MemoryStore() }))) run(); // throws if one fails
 * ```
 *
 * @param make Creates a new store for each case.
 * @returns The cases. Those about reopening a store use the same store if it is not durable.
 */
export function storeCases(make: () => StoreUnderTest): StoreCase[] {
  return Object.entries(CASES).map(([name, check]) => ({ name, run: () => run(make(), check) }));
}

function run(made: StoreUnderTest, check: Check): void {
  const stores = [made.store];
  try {
    made.store.open(SAMPLE_FLOW);
    check(made.store, () => {
      if (made.reopen === undefined) return made.store;
      stores.at(-1)?.close();
      const store = made.reopen();
      stores.push(store);
      store.open(SAMPLE_FLOW);
      return store;
    });
  } finally {
    for (const store of stores) store.close();
    made.dispose?.();
  }
}

/** A new, empty asynchronous store for a test. */
export interface AsyncStoreUnderTest {
  /** The store. */
  readonly store: AsyncStore;
  /** Opens the data of the first store again, which has been closed. */
  readonly reopen: () => AsyncStore | Promise<AsyncStore>;
  /** Cleans up after the test, when the stores have been closed. */
  readonly dispose?: () => void | Promise<void>;
}

/** A test of one requirement on an asynchronous store. */
export interface AsyncStoreCase {
  /** The requirement. */
  readonly name: string;
  /** Runs the test, and rejects if the store does not meet the requirement. */
  readonly run: () => Promise<void>;
}

/**
 * Returns tests of all requirements on an asynchronous store.
 *
 * @example Testing a custom store
 * ```ts
 * import { asyncStoreCases, type AsyncStoreUnderTest } from "@millrace/flow/store-conformance";
 *
 * function testStore(make: () => Promise<AsyncStoreUnderTest>): void {
 *   for (const { name, run } of asyncStoreCases(make)) Deno.test(name, run);
 * }
 * ```
 *
 * @param make Creates a new store for each case.
 */
export function asyncStoreCases(
  make: () => AsyncStoreUnderTest | Promise<AsyncStoreUnderTest>,
): AsyncStoreCase[] {
  return Object.entries(ASYNC_CASES).map(([name, check]) => ({
    name,
    run: async () => await runAsync(await make(), check),
  }));
}

async function runAsync(made: AsyncStoreUnderTest, check: AsyncCheck): Promise<void> {
  const stores = [made.store];
  try {
    await check(made.store, async () => {
      await stores.at(-1)?.close?.();
      const store = await made.reopen();
      stores.push(store);
      return store;
    });
  } finally {
    for (const store of stores) await store.close?.();
    await made.dispose?.();
  }
}
