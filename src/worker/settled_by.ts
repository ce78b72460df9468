/**
 * Returns a promise for the return value of a handler, if that is a promise or another thenable. Reads and
 * calls its `then` only once, as that may have side effects.
 *
 * @param result The value that the handler returned.
 * @returns The promise; `undefined` if the value is not a thenable.
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
