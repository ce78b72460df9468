// The platform's timers, captured when the library is loaded, so that the library is not affected by a test
// that replaces them. No other code in `src` sets a timer. The platform loads its timers when they are first
// read, which takes a part of the start of a program, so only their getters are captured.

const setter = captured("setTimeout");
const clearer = captured("clearTimeout");
const { unrefTimer: unref } = Deno;

/** The return value of `setTimeout`. */
export type TimerId = ReturnType<typeof globalThis.setTimeout>;

/** The maximum delay of a timer, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * Calls a function after a delay; never if the delay exceeds the maximum of 24.8 days.
 *
 * @returns The timer; `undefined` if none was set.
 */
export function after(delay: number, callback: () => void): TimerId | undefined {
  if (delay > MAX_DELAY) return undefined;
  const setTimeout = setter();
  return setTimeout(callback, delay);
}

/** Clears a timer, if there is one. */
export function clearTimer(timer: TimerId | undefined): void {
  if (timer === undefined) return;
  const clearTimeout = clearer();
  clearTimeout(timer);
}

/** Allows the program to end before a timer, if there is one, has fired. */
export function unrefTimer(timer: TimerId | undefined): void {
  if (timer !== undefined) unref(timer);
}

/** Makes the platform load its timers, unless it has. */
export function prepareTimers(): void {
  setter();
}

/**
 * Captures a function of the global object without reading it.
 *
 * @returns A function that returns the captured one, even if the global object has another by then.
 */
function captured<Name extends "setTimeout" | "clearTimeout">(
  name: Name,
): () => (typeof globalThis)[Name] {
  const getter = Object.getOwnPropertyDescriptor(globalThis, name)?.get;
  let value = getter === undefined ? globalThis[name] : undefined;
  return () => value ??= getter?.call(globalThis) as (typeof globalThis)[Name];
}
