import { builtinPrototype } from "./builtin_prototype.ts";

/**
 * Checks whether a value is an object all of whose fields are its own, as `{ limit: 5 }`, of this realm or
 * another one. Only that may be spread or have its keys listed: the getters of a class and what is in a
 * `Map` would be lost. Never throws.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    const prototype = builtinPrototype(value);
    return prototype === Object.prototype || prototype === null;
  } catch {
    return false;
  }
}
