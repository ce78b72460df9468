// Digests of values that structured clone carries, by which the effects of two attempts are compared:
// the ledger of a worker makes them, and a journal holds them, so what they are made of must not change.

const MAX_WORD = 2 ** 32;
/** Two of these can be added without a loss. */
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
}

/** The digest of everything added since the last {@linkcode begin}, in two 32-bit words. */
let high = 0, low = 0;

/** Begins a digest; those that are under way go on by {@linkcode goOn}. */
function begin(): void {
  high = 0x2545f491;
  low = 0x4f6cdd1d;
}

function goOn(highBefore: number, lowBefore: number): void {
  high = highBefore;
  low = lowBefore;
}

/** Puts 32 bits in. */
function put(word: number): void {
  high = Math.imul(high ^ word, 0x9e3779b1);
  high = (high << 15 | high >>> 17) + low | 0;
  low = Math.imul(low ^ word, 0x5f356495);
  low = (low << 13 | low >>> 19) ^ high;
}

/** Returns the digest of all that was put in, an integer from 0 to 2⁵³−1. */
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

/** Returns the digest of two, in this order. */
export function mixed(first: number, second: number): number {
  begin();
  putDigest(first);
  putDigest(second);
  return end();
}

/** Adds a digest to a sum, in which the order does not count. */
export function summed(sum: number, digest: number): number {
  return (sum + digest % MAX_SUM) % MAX_SUM;
}

/** Takes a digest out of a sum. */
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
 * Returns the digest of a value: the same for equal values, in whatever order their fields are.
 *
 * @param value What structured clone carries. Of what nobody can look into, only the kind counts.
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
  if (Array.isArray(value)) return putList(Kind.List, value, seen);
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
