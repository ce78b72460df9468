import { StoreValueError } from "../errors/store_value_error.ts";
import { isJson } from "./json_safe.ts";

/**
 * Refuses what a durable store cannot keep, although it can be sent to a worker: a `Blob` or `File`,
 * shared memory, and what can only be moved, as a port or a stream.
 *
 * @param value The value, as structured clone gave it.
 * @param what What to call it in the path of an error, as `payload`.
 * @throws {StoreValueError} With the path of the offending field.
 */
export function assertStorable(value: unknown, what: string): void {
  if (value !== undefined && !isJson(value)) check(value, [what], new Set());
}

/** The prototypes of what is kept whole and has no parts to look into. */
const KEPT: ReadonlySet<object> = new Set(
  [ArrayBuffer, Date, RegExp, Boolean, Number, String, BigInt].map((type) => type.prototype),
);

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

function check(value: unknown, path: string[], seen: Set<object>): void {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new StoreValueError(path.join(""), `is a ${typeof value}; keep plain data`);
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [key, part] of partsOf(value, path)) {
    if (typeof part !== "object" && typeof part !== "function") continue;
    path.push(key);
    check(part, path, seen);
    path.pop();
  }
}

/** What a value is made of, each with what its path goes on with. */
function* partsOf(value: object, path: string[]): Iterable<[key: string, part: unknown]> {
  const prototype = Object.getPrototypeOf(value);
  if (KEPT.has(prototype)) return;
  if (ArrayBuffer.isView(value)) return yield [".buffer", value.buffer];
  if (value instanceof Error) return yield [".cause", value.cause];
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield ["[key]", key];
      yield [`[${typeof key === "object" ? "key" : String(key)}]`, item];
    }
  } else if (value instanceof Set) {
    let i = 0;
    for (const item of value) yield [`[${i++}]`, item];
  } else if (prototype === Array.prototype) {
    for (const [key, item] of Object.entries(value)) yield [`[${key}]`, item];
  } else if (prototype === Object.prototype || prototype === null) {
    for (const [key, item] of Object.entries(value)) {
      yield [IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, item];
    }
  } else refuse(value, path.join(""));
}

function refuse(value: object, path: string): never {
  const name = value.constructor?.name || "a class";
  const isBytes = value instanceof Blob || value instanceof SharedArrayBuffer;
  const advice = isBytes ? "keep its bytes, as a Uint8Array" : "keep plain data";
  throw new StoreValueError(
    path,
    `is an instance of ${name}, which a store cannot keep; ${advice}`,
  );
}
