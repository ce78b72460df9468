/**
 * Checks whether structured clone treats two values as equal: they are of the same kind, with equal parts in
 * the same order.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (seen.has(a)) return seen.get(a) === b;
  seen.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) return sameList(bytes(a), bytes(b), seen);
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Map) {
    return sameList([...a].flat(), [...b as Map<unknown, unknown>].flat(), seen);
  }
  if (a instanceof Set) return sameList([...a], [...b as Set<unknown>], seen);
  if (BOXES.has(Object.getPrototypeOf(a))) return Object.is(a.valueOf(), b.valueOf());
  if (a instanceof Error) {
    const { name, message, cause } = b as Error;
    return a.name === name && a.message === message && same(a.cause, cause, seen);
  }
  // The content of a key or a module cannot be read.
  if (!isPlain(a)) return false;
  // Only the length shows gaps at the end.
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(field(a, key), field(b, key), seen));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

const BOXES: ReadonlySet<object> = new Set(
  [Boolean, Number, String, BigInt].map((type) => type.prototype),
);

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>, seen: Map<object, object>) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i], seen)) return false;
  return true;
}

function bytes(value: unknown): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer);
}

function field(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
