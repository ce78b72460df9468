/** The platform's structured clone as it was when the library was loaded: a handler can replace it. */
export const structuredClone: typeof globalThis.structuredClone = globalThis.structuredClone;
