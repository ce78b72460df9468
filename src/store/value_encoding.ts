// The encoding of the large values of events, each of which is stored in a row of its own, and the limits on
// their size.

import { walkList } from "../data/walk_list.ts";
import { StoreValueError } from "../errors/store_errors.ts";
import { assertStorable } from "./assert_storable.ts";
import { jsonSize, NOT_JSON } from "./json_safe.ts";
import { fromBytes, toBytes } from "../data/structured_bytes.ts";

/** The size from which on a value is stored in a row of its own, in characters or bytes. */
export const LARGE = 1_024;

/**
 * The maximum size of a value, in characters as JSON or in bytes as structured clone. SQLite allows rows of a
 * billion bytes, and a character takes up to three bytes.
 */
export const MAX_SIZE = 2 ** 28;

/** A value as JSON, or in the format of structured clone if JSON cannot represent it. */
export interface EncodedValue {
  readonly text: string | null;
  readonly bytes: Uint8Array | null;
}

/** Properties of a value that are known before it is encoded. */
export interface Measure {
  /** `true` if JSON can represent the value. */
  readonly isJson: boolean;
  /** The approximate size of the value, in characters or bytes. */
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
 * @param measured The result of {@linkcode measure} for the value.
 * @param what The name of the value in the path of an error.
 * @throws {StoreValueError} If the value is too large, or has a part that cannot be stored.
 */
export function encodeValue(value: unknown, measured: Measure, what: string): EncodedValue {
  // Checked before encoding, so that a value that is far too large does not exhaust the memory.
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

/** Decodes the result of {@linkcode encodeValue}. */
export function decodeValue({ text, bytes }: EncodedValue): unknown {
  if (bytes !== null) return fromBytes(bytes);
  return text === null ? undefined : JSON.parse(text);
}

/**
 * Calls an encoder, and turns its failure into a refusal of the value, which may be too large for a string or
 * nested too deeply.
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
 * Refuses a value that is too large.
 *
 * @param size The size, in characters or bytes.
 * @param what The name of the value in the path of an error.
 */
export function checkSize(size: number, what: string): void {
  if (size <= MAX_SIZE) return;
  throw new StoreValueError(
    what,
    `takes ${megabytes(size)}, and a store takes ${megabytes(MAX_SIZE)} at most; ${ADVICE}`,
  );
}

const ADVICE = "store it elsewhere and pass its address, or pass it in parts";

function megabytes(size: number): string {
  return `${Math.ceil(size / 2 ** 20)} MB`;
}

/** Returns the approximate size of a value in the format of structured clone, in bytes. */
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
    else if (Array.isArray(part)) walkList(part, { item: add });
    else if (part instanceof Map) part.forEach((item, key) => (add(key), add(item)));
    else if (part instanceof Set) part.forEach(add);
    else if (part instanceof Error) [part.message, part.stack, part.cause].forEach(add);
    else for (const [key, item] of Object.entries(part)) (total += key.length, add(item));
  };
  add(value);
  return total;
}

/** The size of a number or another short value, in bytes. */
const SHORT = 8;
