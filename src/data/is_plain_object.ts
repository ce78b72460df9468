import { builtinPrototype } from "./builtin_prototype.ts";

/**
 * Checks whether a value is a plain object, as `{ limit: 5 }`, of this realm or another one: all its fields
 * are its own. When fields are spread or keys are listed, the getters of a class and the entries of a `Map`
 * would be lost. Never throws.
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
