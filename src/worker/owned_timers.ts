/** The part of a global scope that sets timers. */
export interface TimerScope {
  setTimeout: unknown;
  setInterval: unknown;
}

/**
 * Makes the timers of this thread report what their callbacks throw while the async context is still
 * that of who set them. The platform reports it when the context is gone, so that nobody could know
 * which activation it belongs to.
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
