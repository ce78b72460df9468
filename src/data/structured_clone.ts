/** The platform's structured clone, captured when the library is loaded, as a handler can replace it. */
export const structuredClone: typeof globalThis.structuredClone = globalThis.structuredClone;
