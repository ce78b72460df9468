// Calls functions of the user, such as `onStatus`, for whose result nothing waits. An error that such a
// function throws, or a rejection if it is async, would end the process.

import { toConsole } from "./to_console.ts";

/**
 * Calls a function of the user. Its failure does not affect the caller.
 *
 * @param call Calls the function, and returns its result.
 * @param failed Called with the error that the function throws, or its promise rejects with. By default, the
 * error is written to the console.
 */
export function callUser(
  call: () => unknown,
  failed: (thrown: unknown) => void = toConsole,
): void {
  try {
    watchResult(call(), failed);
  } catch (thrown) {
    failed(thrown);
  }
}

/**
 * Handles the rejection of a promise that a function of the user may have returned.
 *
 * @param result The result of the function, which need not be a promise.
 * @param failed Called with the error that the promise rejects with.
 */
export function watchResult(result: unknown, failed: (thrown: unknown) => void): void {
  if (typeof result !== "object" || result === null) return;
  Promise.resolve(result).then(undefined, failed);
}
