import type { Store } from "../store.ts";
import { isSame } from "./is_same.ts";

/**
 * A conformance case. `again` closes the store and returns it reopened; the same store if it is not durable.
 */
export type Check = (store: Store, again: () => Store) => void;

/** Expects two values to be the same, in type and content. */
export function equal(actual: unknown, expected: unknown): void {
  if (isSame(actual, expected)) return;
  const show = (value: unknown) => Deno.inspect(value, { depth: 10 });
  throw new Error(`The store returned\n${show(actual)}\ninstead of\n${show(expected)}`);
}

/**
 * Expects a call to throw.
 *
 * @param work The function that must throw.
 * @param name The expected name of the error; any by default.
 */
export function throws(work: () => void, name?: string): void {
  try {
    work();
  } catch (error) {
    if (name !== undefined) equal((error as Error).name, name);
    return;
  }
  throw new Error("The store accepted a value or call that it should have refused");
}
