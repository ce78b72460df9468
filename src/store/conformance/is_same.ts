/** Checks whether two values are the same in type, content and the identity of their parts. */
export function isSame(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  if (seen.has(a)) return seen.get(a) === b;
  seen.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const [partsA, partsB] = [partsOf(a), partsOf(b)];
  return partsA.length === partsB.length &&
    partsA.every((part, i) => same(part, partsB[i], seen));
}

/** Iterates over all parts of a value, in order. The first primitives identify its kind. */
function partsOf(value: object): unknown[] {
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [String(value)];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) return [value.byteOffset, value.byteLength, value.buffer];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof Error) return [value.name, value.message, value.stack, value.cause];
  const fields = Object.entries(value).flat();
  if (Array.isArray(value)) return [value.length, ...fields];
  const { valueOf } = value;
  const boxed = typeof valueOf === "function" ? valueOf.call(value) : value;
  return boxed === value ? fields : [boxed, ...fields];
}
