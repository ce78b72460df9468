/**
 * Gives the promise for what a handler returned, if that is a promise or another thenable: an object or
 * a function with a `then`, which is read once and called once, as it may do something.
 *
 * @param result The value that the handler returned.
 * @returns The promise; `undefined` if nothing is to be awaited.
 */
export function settledBy(result: unknown): PromiseLike<void> | undefined {
  if (result instanceof Promise) return result;
  if ((typeof result !== "object" && typeof result !== "function") || result === null) {
    return undefined;
  }
  const { then } = result as { then?: unknown };
  if (typeof then !== "function") return undefined;
  return new Promise((resolve, reject) => then.call(result, resolve, reject));
}
