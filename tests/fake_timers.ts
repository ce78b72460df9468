/** Timers that never call back, and clocks that stand still. */
export interface FakeTimers extends Disposable {
  /** Which of them were used, in order. */
  readonly uses: readonly string[];
}

/**
 * Puts timers that never call back and clocks that stand still in the place of the platform's, as
 * libraries for tests do, until it is disposed of.
 */
export function fakeTimers(): FakeTimers {
  const uses: string[] = [];
  const fake = (name: string) => () => {
    uses.push(name);
    return 0;
  };
  const restore: (() => void)[] = [];
  const replace = (object: object, name: string, value: unknown) => {
    const before = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
    restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(object, name);
      else Object.defineProperty(object, name, before);
    });
  };
  // Some replace the method, some the object.
  replace(performance, "now", fake("performance.now"));
  replace(globalThis, "performance", { timeOrigin: 0, now: fake("performance.now") });
  replace(globalThis, "Date", Object.assign(class extends Date {}, { now: fake("Date.now") }));
  for (const name of ["setTimeout", "clearTimeout", "setInterval", "clearInterval"]) {
    replace(globalThis, name, fake(name));
  }
  for (const name of ["setImmediate", "queueMicrotask"]) replace(globalThis, name, fake(name));
  return {
    uses,
    [Symbol.dispose]() {
      for (const undo of restore.reverse()) undo();
    },
  };
}
