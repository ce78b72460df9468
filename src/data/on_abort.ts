// Shares one listener between all callbacks of a signal, which is removed with the last callback. The
// platform walks through all listeners of a signal whenever one is added or removed, so ten thousand of them
// would cost a hundred million steps. No other code in `src` listens to a signal of the user.

import { callUser } from "./user_call.ts";

/** The callbacks of a signal. */
interface Callback {
  readonly call: () => void;
}

/** The callbacks of each signal that has some. */
const registered = new WeakMap<AbortSignal, { callbacks: Set<Callback>; listener: () => void }>();

/**
 * Calls a function once when a signal aborts; at once if it has aborted already.
 *
 * @param signal The signal; if it is `undefined`, the function is never called.
 * @param call The function, which is called after those that were added before it.
 * @returns A function that removes the callback. It has no effect when called again, or after the abort.
 */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    call();
    return () => {};
  }
  const { callbacks, listener } = registered.get(signal) ?? register(signal);
  const callback = { call };
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    // After the abort, the signal may have another entry.
    if (registered.get(signal)?.listener === listener) registered.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

function register(signal: AbortSignal) {
  const callbacks = new Set<Callback>();
  const listener = () => {
    registered.delete(signal);
    callAll(callbacks);
  };
  const entry = { callbacks, listener };
  registered.set(signal, entry);
  signal.addEventListener("abort", listener, { once: true });
  return entry;
}

/**
 * Calls all callbacks, even if one throws, except those that are removed meanwhile. A thrown error is written
 * to the console, as an error that a listener throws ends the process.
 */
function callAll(callbacks: Set<Callback>): void {
  for (const callback of callbacks) {
    callbacks.delete(callback);
    callUser(callback.call);
  }
}
