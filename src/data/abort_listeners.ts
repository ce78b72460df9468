// A platform's signal walks through its listeners whenever one is added or removed, so ten thousand of
// them cost a hundred million steps. Here all that is to happen on the abort of one signal shares a
// single listener, which is removed with the last callback. Nothing else in `src` listens to a signal
// that a user gave.

/** The callbacks of a signal. */
interface Callback {
  readonly call: () => void;
}

/** The callbacks of each signal that has any, and the one listener that calls them. */
const registered = new WeakMap<AbortSignal, { callbacks: Set<Callback>; listener: () => void }>();

/**
 * Calls back once when a signal aborts; at once, if it has aborted already.
 *
 * @param signal The signal; without one, nothing happens.
 * @param call Called back, after those that were registered before it.
 * @returns Withdraws the callback; a second time, or after the abort, it does nothing.
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
    // After the abort, another entry may have taken its place.
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

/** Calls all of them, whatever one throws; one that is withdrawn meanwhile is left out. */
function callAll(callbacks: Set<Callback>): void {
  const errors: unknown[] = [];
  for (const callback of callbacks) {
    callbacks.delete(callback);
    try {
      callback.call();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 1) throw new AggregateError(errors, "several callbacks of an abort threw");
  if (errors.length === 1) throw errors[0];
}
