// Values as bytes in the format of structured clone, and the search for parts that cannot become bytes. Used by
// stores, and by channels to workers in other processes.

import type v8 from "node:v8";
import { hasFields } from "./has_fields.ts";
import { pathOf, type Step } from "./path_of.ts";
import { walkList } from "./walk_list.ts";

/** The level from which on a part is nested too deeply: it might be written as bytes that cannot be read. */
const MAX_DEPTH = 1_000;

/**
 * Serializes a value in the format of structured clone. A part that cannot be serialized, such as a `Blob`,
 * becomes an empty object without an error; a store refuses such values beforehand.
 *
 * @example A JobEvent as bytes, and back
 * ```ts
 * import type { JobEvent } from "@millrace/flow/events";
 * import { fromBytes, toBytes } from "@millrace/flow/store";
 *
 * const event: JobEvent = { type: "job_completed", jobId: "job_1", seq: 9, at: 0 };
 * const { type } = fromBytes(toBytes(event)) as JobEvent;
 * console.log(type); // job_completed
 * ```
 *
 * @param value The value.
 */
// `v8.serialize` is not used, as it does not preserve buffers that are shared by views, and restores a
// `DataView` with the wrong bytes.
export function toBytes(value: unknown): Uint8Array {
  const { Serializer } = loadV8();
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/**
 * Deserializes the result of {@linkcode toBytes}, including that of an older V8.
 *
 * @example A Map from bytes
 * ```ts
 * import { fromBytes, toBytes } from "@millrace/flow/store";
 *
 * console.log(fromBytes(toBytes(new Map([["a", 1n]])))); // Map(1) { "a" => 1n }
 * ```
 *
 * @param bytes The bytes.
 */
export function fromBytes(bytes: Uint8Array): unknown {
  const { Deserializer } = loadV8();
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * Finds a part of a value that can be sent to a worker but not serialized: a `Blob` or `File`, shared memory, a
 * module of WebAssembly, a `CryptoKey`, a `DOMException`, an object that can only be moved, such as a port or a
 * stream, or one that is nested too deeply.
 *
 * @param value The value, which must be the result of structured clone.
 * @param what The name of the value in the path of the part, as `payload`.
 * @returns The part, its path and its kind; `undefined` if there is none.
 */
export function findUnserializable(value: unknown, what: string): Unserializable | undefined {
  const found = find(value, new Set(), 0);
  if (found === undefined) return undefined;
  const { steps, offender } = found;
  const path = pathOf(what, steps.reverse());
  if (steps.length === MAX_DEPTH) return { path, kind: "a value nested too deeply", offender };
  const kind = typeof offender === "object"
    ? `an instance of ${offender?.constructor?.name || "a class"}`
    : `a ${typeof offender}`;
  return { path, kind, offender };
}

/** A part of a value that cannot be serialized. */
export interface Unserializable {
  readonly path: string;
  /** As `an instance of Blob`. */
  readonly kind: string;
  readonly offender: unknown;
}

/** The prototypes of objects that are serialized without a check of their parts. */
const WHOLE: ReadonlySet<object> = new Set(
  [ArrayBuffer, Date, RegExp, Boolean, Number, String, BigInt].map((type) => type.prototype),
);

const INDEX = /^\d+$/;

/** A value that cannot be serialized, and its path, from the innermost step outwards. */
interface Found {
  readonly steps: Step[];
  readonly offender: unknown;
}

function find(value: unknown, seen: Set<object>, depth: number): Found | undefined {
  if (typeof value === "function" || typeof value === "symbol") {
    return { steps: [], offender: value };
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  if (depth === MAX_DEPTH) return { steps: [], offender: value };
  seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return findInList(value as unknown[], seen, depth);
  if (prototype === Object.prototype || prototype === null) {
    return findInFields(value, Object.keys(value), seen, depth);
  }
  if (WHOLE.has(prototype)) return undefined;
  if (ArrayBuffer.isView(value)) return below("buffer", find(value.buffer, seen, depth + 1));
  if (value instanceof Error && !(value instanceof DOMException)) {
    return below("cause", find(value.cause, seen, depth + 1));
  }
  if (value instanceof Map) return findInMap(value, seen, depth);
  if (value instanceof Set) return findInList([...value], seen, depth);
  return { steps: [], offender: value };
}

function findInList(list: readonly unknown[], seen: Set<object>, depth: number): Found | undefined {
  let found: Found | undefined;
  const item = (item: unknown, index: number) => {
    found = below(index, find(item, seen, depth + 1));
    return found !== undefined;
  };
  if (walkList(list, { item }) || !hasFields(list)) return found;
  return findInFields(list, Object.keys(list).filter((key) => !INDEX.test(key)), seen, depth);
}

function findInFields(
  value: object,
  keys: readonly string[],
  seen: Set<object>,
  depth: number,
): Found | undefined {
  for (const key of keys) {
    const found = find(value[key as keyof typeof value], seen, depth + 1);
    if (found !== undefined) return below(key, found);
  }
  return undefined;
}

function findInMap(
  value: Map<unknown, unknown>,
  seen: Set<object>,
  depth: number,
): Found | undefined {
  for (const [key, item] of value) {
    const found = find(key, seen, depth + 1) ?? find(item, seen, depth + 1);
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

/** Loads the built-in module on first use, as most workers do not need it. */
function loadV8(): typeof v8 {
  return globalThis.process.getBuiltinModule("node:v8");
}
