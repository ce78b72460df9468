/** The part of a global scope that sets timers. */
export interface TimerScope {
  setTimeout: unknown;
  setInterval: unknown;
}

/**
 * Makes the timers of this thread report errors of their callbacks within the async context in which they
 * were set. The platform reports such errors outside the context, so that their activation would be unknown.
 *
 * @param scope The global scope.
 */
export function reportInContext(scope: TimerScope): void {
  const report = reportError;
  const guarded = (callback: unknown): unknown => {
    if (typeof callback !== "function") return callback;
    return function (this: unknown, ...args: unknown[]) {
      try {
        callback.apply(this, args);
      } catch (error) {
        report(error);
      }
    };
  };
  for (const name of ["setTimeout", "setInterval"] as const) {
    const set = scope[name] as (callback: unknown, ...rest: unknown[]) => number;
    const wrapped = {
      [name]: (callback: unknown, ...rest: unknown[]) => set(guarded(callback), ...rest),
    };
    Object.defineProperty(scope, name, {
      value: wrapped[name],
      writable: true,
      configurable: true,
    });
  }
}
