// The check of values before an `SqliteStore` persists them. Used by `store.assertStorable` and
// `event_encoding.ts`.

import { hasFields } from "../data/has_fields.ts";
import { pathOf, type Step } from "../data/path_of.ts";
import { walkList } from "../data/walk_list.ts";
import { StoreValueError } from "../errors/store_errors.ts";
import { isJson } from "./json_safe.ts";

/**
 * Refuses values that can be sent to a worker but not persisted: a `Blob` or `File`, shared memory, a module
 * of WebAssembly, a `CryptoKey`, a `DOMException`, and objects that can only be moved, such as a port or a
 * stream.
 *
 * @param value The value, which must be the result of structured clone.
 * @param what The name of the value in the path of an error, as `payload`.
 * @throws {StoreValueError} With the path of the offending field.
 */
export function assertStorable(value: unknown, what: string): void {
  if (value === undefined || isJson(value)) return;
  const found = find(value, new Set());
  if (found === undefined) return;
  const { steps, offender } = found;
  const kind = typeof offender === "object"
    ? `an instance of ${offender?.constructor?.name || "a class"}`
    : `a ${typeof offender}`;
  const path = pathOf(what, steps.reverse());
  throw new StoreValueError(path, `is ${kind}, which a store cannot keep; ${adviceOn(offender)}`);
}

function adviceOn(offender: unknown): string {
  const found = ADVICE.find(([type]) => offender instanceof type);
  return found === undefined ? "keep plain data" : found[1];
}

const ADVICE: readonly (readonly [type: new (...args: never[]) => object, advice: string])[] = [
  [Blob, "keep its bytes, as a Uint8Array"],
  [SharedArrayBuffer, "keep its bytes, as a Uint8Array"],
  [WebAssembly.Memory, "keep its bytes, as a Uint8Array"],
  [WebAssembly.Module, "keep the bytes it was compiled from, as a Uint8Array"],
  [CryptoKey, "keep what `crypto.subtle.exportKey` gives, or its name"],
  [DOMException, "keep its name and message"],
];

/** The prototypes of objects that are persisted without a check of their parts. */
const KEPT: ReadonlySet<object> = new Set(
  [ArrayBuffer, Date, RegExp, Boolean, Number, String, BigInt].map((type) => type.prototype),
);

const INDEX = /^\d+$/;

/** A value that cannot be stored, and its path, from the innermost step outwards. */
interface Found {
  readonly steps: Step[];
  readonly offender: unknown;
}

function find(value: unknown, seen: Set<object>): Found | undefined {
  if (typeof value === "function" || typeof value === "symbol") {
    return { steps: [], offender: value };
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return findInList(value as unknown[], seen);
  if (prototype === Object.prototype || prototype === null) {
    return findInFields(value, Object.keys(value), seen);
  }
  if (KEPT.has(prototype)) return undefined;
  if (ArrayBuffer.isView(value)) return below("buffer", find(value.buffer, seen));
  if (value instanceof Error && !(value instanceof DOMException)) {
    return below("cause", find(value.cause, seen));
  }
  if (value instanceof Map) return findInMap(value, seen);
  if (value instanceof Set) return findInList([...value], seen);
  return { steps: [], offender: value };
}

function findInList(list: readonly unknown[], seen: Set<object>): Found | undefined {
  let found: Found | undefined;
  const item = (item: unknown, index: number) => {
    found = below(index, find(item, seen));
    return found !== undefined;
  };
  if (walkList(list, { item }) || !hasFields(list)) return found;
  return findInFields(list, Object.keys(list).filter((key) => !INDEX.test(key)), seen);
}

function findInFields(
  value: object,
  keys: readonly string[],
  seen: Set<object>,
): Found | undefined {
  for (const key of keys) {
    const found = find(value[key as keyof typeof value], seen);
    if (found !== undefined) return below(key, found);
  }
  return undefined;
}

function findInMap(value: Map<unknown, unknown>, seen: Set<object>): Found | undefined {
  for (const [key, item] of value) {
    const found = find(key, seen) ?? find(item, seen);
    if (found !== undefined) {
      return below({ shown: `[${typeof key === "object" ? "key" : String(key)}]` }, found);
    }
  }
  return undefined;
}

function below(step: Step, found: Found | undefined): Found | undefined {
  found?.steps.push(step);
  return found;
}
