/**
 * Calls back when the code that runs has returned, before the event loop goes on: `queueMicrotask` as
 * it was when the library was loaded, as fake timers can replace that as well.
 */
export const microtask: (callback: () => void) => void = globalThis.queueMicrotask;
