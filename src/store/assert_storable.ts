import { pathOf, type Step } from "../data/value_path.ts";
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
  if (value === undefined || isJson(value)) return;
  const found = find(value, new Set());
  if (found === undefined) return;
  const { steps, offender } = found;
  const isBytes = offender instanceof Blob || offender instanceof SharedArrayBuffer;
  const kind = typeof offender === "object"
    ? `an instance of ${offender?.constructor?.name || "a class"}`
    : `a ${typeof offender}`;
  const advice = isBytes ? "keep its bytes, as a Uint8Array" : "keep plain data";
  const path = pathOf(what, steps.reverse());
  throw new StoreValueError(path, `is ${kind}, which a store cannot keep; ${advice}`);
}

/** The prototypes of what is kept whole and has no parts to look into. */
const KEPT: ReadonlySet<object> = new Set(
  [ArrayBuffer, Date, RegExp, Boolean, Number, String, BigInt].map((type) => type.prototype),
);

const INDEX = /^\d+$/;

/** What cannot be kept, and the way to it, from there outwards. */
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
  if (prototype === Object.prototype || prototype === null || prototype === Array.prototype) {
    return findInFields(value, seen);
  }
  if (KEPT.has(prototype)) return undefined;
  if (ArrayBuffer.isView(value)) return below("buffer", find(value.buffer, seen));
  if (value instanceof Error) return below("cause", find(value.cause, seen));
  if (value instanceof Map) return findInMap(value, seen);
  if (value instanceof Set) return findInFields([...value], seen);
  return { steps: [], offender: value };
}

function findInFields(value: object, seen: Set<object>): Found | undefined {
  for (const key in value) {
    const found = find(value[key as keyof typeof value], seen);
    if (found === undefined) continue;
    return below(Array.isArray(value) && INDEX.test(key) ? Number(key) : key, found);
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
