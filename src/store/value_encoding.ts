// Values that routines made, each as it stands in a row of its own: the large ones of an event. Here are
// the limits of what a store keeps.

import { StoreValueError } from "../errors/store_errors.ts";
import { assertStorable } from "./assert_storable.ts";
import { jsonSize, NOT_JSON } from "./json_safe.ts";
import { fromBytes, toBytes } from "./structured_bytes.ts";

/** A value of this size or more, in characters or bytes, is stored in a row of its own. */
export const LARGE = 1_024;

/**
 * No value may be larger, in characters as JSON or in bytes as structured clone. SQLite takes rows of a
 * thousand million bytes, and a character may be three of them.
 */
export const MAX_SIZE = 2 ** 28;

/** A value as JSON, or as structured clone has it where JSON cannot hold it. */
export interface EncodedValue {
  readonly text: string | null;
  readonly bytes: Uint8Array | null;
}

/** Properties of a value that are known before it is encoded. */
export interface Measure {
  /** `true` if JSON can hold it. */
  readonly isJson: boolean;
  /** The characters or bytes that it takes, about. */
  readonly size: number;
}

/** Measures a value. */
export function measure(value: unknown): Measure {
  const size = jsonSize(value);
  return size === NOT_JSON ? { isJson: false, size: cloneSize(value) } : { isJson: true, size };
}

/**
 * Encodes a value.
 *
 * @param value The value.
 * @param measured What {@linkcode measure} said of it.
 * @param what What to call it in an error.
 * @throws {StoreValueError} If it is too large, or holds what cannot be stored.
 */
export function encodeValue(value: unknown, measured: Measure, what: string): EncodedValue {
  // What is far too large is refused before it takes the memory.
  checkSize(measured.size, what);
  if (measured.isJson) {
    const text = encoding(what, () => JSON.stringify(value));
    checkSize(text.length, what);
    return { text, bytes: null };
  }
  assertStorable(value, what);
  const bytes = encoding(what, () => toBytes(value));
  checkSize(bytes.length, what);
  return { text: null, bytes };
}

/** Decodes what {@linkcode encodeValue} made. */
export function decodeValue({ text, bytes }: EncodedValue): unknown {
  if (bytes !== null) return fromBytes(bytes);
  return text === null ? undefined : JSON.parse(text);
}

/**
 * Encodes something; a failure becomes the refusal of the value, as it is for one that is too large
 * for a text, or too deep.
 */
export function encoding<T>(what: string, encode: () => T): T {
  try {
    return encode();
  } catch (cause) {
    if (cause instanceof StoreValueError) throw cause;
    throw new StoreValueError(what, `cannot be stored, as its cause says; ${ADVICE}`, { cause });
  }
}

/**
 * Refuses what is too large.
 *
 * @param size Characters or bytes.
 * @param what What to call it.
 */
export function checkSize(size: number, what: string): void {
  if (size <= MAX_SIZE) return;
  throw new StoreValueError(
    what,
    `takes ${megabytes(size)}, and a store keeps ${megabytes(MAX_SIZE)} at most; ${ADVICE}`,
  );
}

const ADVICE = "keep it elsewhere and pass its address, or pass it in parts";

function megabytes(size: number): string {
  return `${Math.ceil(size / 2 ** 20)} MB`;
}

/** The number of bytes that a value takes as structured clone, about. */
function cloneSize(value: unknown): number {
  const seen = new Set<object>();
  let total = 0;
  const add = (part: unknown): void => {
    total += SHORT;
    if (typeof part === "string") total += part.length;
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    if (part instanceof ArrayBuffer) total += part.byteLength;
    else if (ArrayBuffer.isView(part)) add(part.buffer);
    else if (Array.isArray(part)) part.forEach(add);
    else if (part instanceof Map) part.forEach((item, key) => (add(key), add(item)));
    else if (part instanceof Set) part.forEach(add);
    else if (part instanceof Error) [part.message, part.stack, part.cause].forEach(add);
    else for (const [key, item] of Object.entries(part)) (total += key.length, add(item));
  };
  add(value);
  return total;
}

/** Bytes of a number and the like. */
const SHORT = 8;
