import { kindOf } from "./copier.ts";

/**
 * Converts a value to one that JSON can represent, for display and reports: a Map or Set becomes an array, a
 * BigInt a string, a buffer its bytes, and a cycle the text `[Circular]`. The conversion cannot be reversed.
 */
export function jsonable(value: unknown): unknown {
  return show(value, new Set());
}

function show(value: unknown, above: Set<object>): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[Circular]";
  above.add(value);
  const shown = showObject(value, (item) => show(item, above));
  above.delete(value);
  return shown;
}

function showObject(value: object, item: (value: unknown) => unknown): unknown {
  if (value instanceof Date || value instanceof RegExp) return text(value);
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof Map) return [...value].map(([key, held]) => [item(key), item(held)]);
  if (value instanceof Set) return [...value].map(item);
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) {
    return value instanceof DataView
      ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
      : Array.from(value as unknown as Iterable<unknown>, item);
  }
  if (Array.isArray(value)) return value.map(item);
  const fields = Object.entries(value);
  if (fields.length === 0 && !isPlain(value)) {
    return isBox(value) ? item(value.valueOf()) : kind(value);
  }
  return Object.fromEntries(fields.map(([key, held]) => [key, item(held)]));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isBox(value: object): boolean {
  return value instanceof Number || value instanceof Boolean || value instanceof BigInt ||
    value instanceof String;
}

/** An object without readable parts, such as a key, is replaced by its kind. */
function kind(value: object): string {
  return `[${kindOf(value)}]`;
}

function text(value: Date | RegExp): string {
  if (value instanceof RegExp) return String(value);
  return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
}
