/** The platform's `queueMicrotask`, captured when the library is loaded, as fake timers can replace it. */
export const microtask: (callback: () => void) => void = globalThis.queueMicrotask;
