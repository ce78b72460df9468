// Digests of values that structured clone supports. They compare the effects of two attempts: the ledger of a
// worker computes them, and a journal stores them, so the algorithm must not change.

import { walkList } from "./walk_list.ts";

const MAX_WORD = 2 ** 32;
/** The bound of a sum; two numbers below it can be added without rounding. */
const MAX_SUM = 2 ** 52;

/** The number that marks each kind of value in a digest. */
const enum Kind {
  Undefined = 1,
  Null,
  False,
  True,
  Number,
  BigInt,
  Text,
  List,
  Fields,
  Map,
  Set,
  Date,
  Bytes,
  Error,
  Box,
  Seen,
  Other,
  Gap,
}

/** The state of the digest since the last {@linkcode begin}, in two 32-bit words. */
let high = 0, low = 0;

/** Begins a digest. A digest that this interrupts is continued by {@linkcode goOn}. */
function begin(): void {
  high = 0x2545f491;
  low = 0x4f6cdd1d;
}

function goOn(highBefore: number, lowBefore: number): void {
  high = highBefore;
  low = lowBefore;
}

/** Adds 32 bits to the digest. */
function put(word: number): void {
  high = Math.imul(high ^ word, 0x9e3779b1);
  high = (high << 15 | high >>> 17) + low | 0;
  low = Math.imul(low ^ word, 0x5f356495);
  low = (low << 13 | low >>> 19) ^ high;
}

/** Returns the digest of everything added, an integer from 0 to 2⁵³−1. */
function end(): number {
  const a = scattered(high ^ Math.imul(low, 0x27d4eb2f));
  const b = scattered(low ^ Math.imul(a, 0x165667b1));
  return (a >>> 11) * MAX_WORD + (b >>> 0);
}

function scattered(word: number): number {
  const once = Math.imul(word ^ word >>> 16, 0x85ebca6b);
  const twice = Math.imul(once ^ once >>> 13, 0xc2b2ae35);
  return twice ^ twice >>> 16;
}

function putDigest(digest: number): void {
  put(Math.floor(digest / MAX_WORD));
  put(digest >>> 0);
}

/** Returns the digest of two digests, which depends on their order. */
export function mixed(first: number, second: number): number {
  begin();
  putDigest(first);
  putDigest(second);
  return end();
}

/** Adds a digest to a sum that is independent of the order of its digests. */
export function summed(sum: number, digest: number): number {
  return (sum + digest % MAX_SUM) % MAX_SUM;
}

/** Subtracts a digest from such a sum. */
export function lessened(sum: number, digest: number): number {
  return (sum + MAX_SUM - digest % MAX_SUM) % MAX_SUM;
}

/** Returns the digest of a text. */
export function textDigest(text: string): number {
  begin();
  putText(text);
  return end();
}

/**
 * Returns the digest of a value. Equal values have the same digest, whatever the order of their fields.
 *
 * @param value A value that structured clone supports. An object without readable parts counts by its kind
 * alone.
 */
export function digestOf(value: unknown): number {
  begin();
  putValue(value, new Map());
  return end();
}

function putValue(value: unknown, seen: Map<object, number>): void {
  switch (typeof value) {
    case "undefined":
      return put(Kind.Undefined);
    case "boolean":
      return put(value ? Kind.True : Kind.False);
    case "number":
      put(Kind.Number);
      return putNumber(value);
    case "bigint":
      put(Kind.BigInt);
      return putText(String(value));
    case "string":
      put(Kind.Text);
      return putText(value);
    case "object":
      return value === null ? put(Kind.Null) : putObject(value, seen);
    default:
      put(Kind.Other);
  }
}

function putText(text: string): void {
  const { length } = text;
  put(length);
  for (let i = 0; i + 1 < length; i += 2) put(text.charCodeAt(i) << 16 | text.charCodeAt(i + 1));
  if (length % 2 === 1) put(text.charCodeAt(length - 1));
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);

function putNumber(value: number): void {
  FLOAT[0] = value;
  put(WORDS[0] as number);
  put(WORDS[1] as number);
}

function putObject(value: object, seen: Map<object, number>): void {
  const before = seen.get(value);
  if (before !== undefined) {
    put(Kind.Seen);
    return put(before);
  }
  seen.set(value, seen.size);
  if (Array.isArray(value)) return putItems(value, seen);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    return putFields(value as Record<string, unknown>, seen);
  }
  if (value instanceof Map) return putList(Kind.Map, [...value].flat(1), seen);
  if (value instanceof Set) return putList(Kind.Set, [...value], seen);
  if (ArrayBuffer.isView(value)) {
    putText((value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "");
    return putBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (value instanceof ArrayBuffer) return putBytes(new Uint8Array(value));
  if (value instanceof Error) {
    put(Kind.Error);
    putText(value.name);
    putText(value.message);
    return putValue(value.cause, seen);
  }
  if (value instanceof Date) {
    put(Kind.Date);
    return putNumber(value.getTime());
  }
  if (BOXES.some((box) => value instanceof box)) {
    put(Kind.Box);
    return putValue(value.valueOf(), seen);
  }
  put(Kind.Other);
  if (value instanceof RegExp) putText(String(value));
}

const BOXES = [Boolean, Number, String, BigInt];

/** A longer sequence of gaps in a list is digested by its length. */
const MANY_GAPS = 1_024;

function putItems(list: readonly unknown[], seen: Map<object, number>): void {
  put(Kind.List);
  put(list.length);
  walkList(list, {
    item: (item) => putValue(item, seen),
    gap(length) {
      if (length > MANY_GAPS) {
        put(Kind.Gap);
        put(length);
      } else for (let i = 0; i < length; i++) put(Kind.Undefined);
    },
  });
}

function putList(kind: Kind, items: readonly unknown[], seen: Map<object, number>): void {
  put(kind);
  put(items.length);
  for (let i = 0; i < items.length; i++) putValue(items[i], seen);
}

function putFields(fields: Readonly<Record<string, unknown>>, seen: Map<object, number>): void {
  const highBefore = high, lowBefore = low;
  let sum = 0;
  for (const key of Object.keys(fields)) {
    begin();
    putText(key);
    putValue(fields[key], seen);
    sum = summed(sum, end());
  }
  goOn(highBefore, lowBefore);
  put(Kind.Fields);
  putDigest(sum);
}

function putBytes(bytes: Uint8Array): void {
  put(Kind.Bytes);
  put(bytes.length);
  const { length } = bytes;
  const count = length >>> 2;
  const isAligned = bytes.byteOffset % 4 === 0;
  const { buffer, byteOffset } = isAligned ? bytes : bytes.slice();
  const words = new Uint32Array(buffer, byteOffset, count);
  for (let i = 0; i < count; i++) put(words[i] as number);
  for (let i = 4 * count; i < length; i++) put(bytes[i] as number);
}
