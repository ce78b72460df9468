// Functions that a user gives, as `onStatus`, are called where nobody waits for what becomes of them. They
// may throw, and those that are async reject: both would end the process.

import { toConsole } from "./to_console.ts";

/**
 * Calls a user's function, whose failure is to change nothing else.
 *
 * @param call Calls it, and returns what it returns.
 * @param failed Takes what it throws or its promise rejects with. By default, that goes to the console.
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
 * Takes what a user's function returned: should it be a promise, its rejection is not unhandled.
 *
 * @param result What was returned.
 * @param failed Takes what it rejects with.
 */
export function watchResult(result: unknown, failed: (thrown: unknown) => void): void {
  if (typeof result !== "object" || result === null) return;
  Promise.resolve(result).then(undefined, failed);
}
