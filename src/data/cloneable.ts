import { textOf } from "../errors/text_of.ts";
import { builtinPrototype } from "./builtin_prototype.ts";
import { isPrimitive } from "./copier.ts";
import { faithfulCopy } from "./faithful_copy.ts";

/** The deepest level of nesting; deeper values are replaced by their text. */
const MAX_DEPTH = 64;

/**
 * Copies a value that only accompanies another one, such as the cause of an error or the reason of an abort.
 * A part that cannot be sent is replaced by its text, so that the other parts still arrive. Never throws,
 * unless the stack is full.
 */
export function cloneable(value: unknown): unknown {
  try {
    return faithfulCopy(value, "value");
  } catch {
    return partsOf(value, new Map(), 0);
  }
}

function partsOf(value: unknown, copies: Map<object, unknown>, depth: number): unknown {
  if (isPrimitive(value)) return value;
  if (typeof value !== "object" || value === null) return value === null ? null : textOf(value);
  if (copies.has(value)) return copies.get(value);
  const copy = depth < MAX_DEPTH ? emptyCopyOf(value) : undefined;
  copies.set(value, copy ?? wholeOrText(value));
  if (copy === undefined) return copies.get(value);
  for (const key of keysOf(value)) {
    const part = partsOf(read(value, key), copies, depth + 1);
    // Defined instead of assigned: assigning a field called `__proto__` would replace the prototype.
    Object.defineProperty(copy, key, {
      value: part,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

/** Returns an empty list or object to hold the copy of a value; `undefined` if the value is neither. */
function emptyCopyOf(value: object): object | undefined {
  try {
    if (Array.isArray(value)) return [];
    const prototype = builtinPrototype(value);
    return prototype === null || prototype === Object.prototype ? {} : undefined;
  } catch {
    return undefined;
  }
}

function wholeOrText(value: object): unknown {
  try {
    return faithfulCopy(value, "value");
  } catch {
    return textOf(value);
  }
}

function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** Returns a field, or the text of the error that reading it threw. */
function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch (thrown) {
    return textOf(thrown);
  }
}
