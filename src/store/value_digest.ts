// Digests of values. Values that are equal by `sameValue` have the same digest. A durable store uses them to
// compare the payloads of jobs, as a payload may have been dropped, or be too large to be read for that.

import type { Hash } from "node:crypto";
import { hasFields } from "../data/has_fields.ts";
import { walkList } from "../data/walk_list.ts";
import { loadCrypto } from "./builtin.ts";

/**
 * Returns the digest of a value.
 *
 * @param value The value, which must be the result of structured clone.
 */
export function digestOf(value: unknown): Uint8Array {
  return new Digest().of(value);
}

/** The number of characters that are collected before they are digested. */
const PORTION = 65_536;

const BOXES: ReadonlySet<object> = new Set(
  [Boolean, Number, String, BigInt].map((type) => type.prototype),
);

/** A longer sequence of gaps in a list is digested by its length. */
const MANY_GAPS = 1_024;

const INDEX = /^\d+$/;

class Digest {
  readonly #hash: Hash = loadCrypto().createHash("sha256");
  /** The numbers of the visited objects. */
  readonly #seen = new Map<object, number>();
  #text = "";

  of(value: unknown): Uint8Array {
    this.#add(value);
    this.#flush();
    return new Uint8Array(this.#hash.digest());
  }

  /** Adds a value. Each kind has a distinct prefix, and texts are preceded by their length. */
  #add(value: unknown): void {
    switch (typeof value) {
      case "string":
        this.#write(`s${value.length}:`);
        return this.#write(value);
      case "number":
        return this.#write(`n${Object.is(value, -0) ? "-0" : value};`);
      case "object":
        return value === null ? this.#write("null;") : this.#addObject(value);
      default:
        return this.#write(`${typeof value} ${String(value)};`);
    }
  }

  #addObject(value: object): void {
    const known = this.#seen.get(value);
    if (known !== undefined) return this.#write(`r${known};`);
    this.#seen.set(value, this.#seen.size);
    if (Array.isArray(value)) return this.#addList(value);
    if (ArrayBuffer.isView(value)) return this.#addBytes(value.constructor.name, bytesOf(value));
    if (value instanceof ArrayBuffer) return this.#addBytes("", new Uint8Array(value));
    if (value instanceof Date) return this.#write(`d${value.getTime()};`);
    if (value instanceof RegExp) return this.#addParts("x", [String(value)]);
    if (value instanceof Map) return this.#addParts("m", [...value].flat());
    if (value instanceof Set) return this.#addParts("t", [...value]);
    if (value instanceof Error) {
      return this.#addParts("e", [value.name, value.message, value.cause]);
    }
    if (BOXES.has(Object.getPrototypeOf(value))) return this.#addParts("b", [value.valueOf()]);
    const keys = Object.keys(value).sort();
    this.#write(`o${keys.length}:`);
    for (const key of keys) this.#addField(value, key);
  }

  #addList(list: readonly unknown[]): void {
    this.#write(`a${list.length}:`);
    walkList(list, {
      item: (item) => this.#add(item),
      gap: (length) => this.#write(length > MANY_GAPS ? `g${length};` : "h".repeat(length)),
    });
    if (!hasFields(list)) return;
    for (const key of Object.keys(list).filter((key) => !INDEX.test(key)).sort()) {
      this.#addField(list, key);
    }
  }

  #addField(holder: object, key: string): void {
    this.#add(key);
    this.#add((holder as Record<string, unknown>)[key]);
  }

  #addParts(kind: string, parts: readonly unknown[]): void {
    this.#write(`${kind}${parts.length}:`);
    for (const part of parts) this.#add(part);
  }

  #addBytes(kind: string, bytes: Uint8Array): void {
    this.#write(`v${kind}${bytes.length}:`);
    this.#flush();
    this.#hash.update(bytes);
  }

  #write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PORTION) this.#flush();
  }

  #flush(): void {
    // Encoded as UTF-16, as all lone surrogates would be equal in UTF-8.
    const encoding = this.#text.isWellFormed() ? "utf8" : "utf16le";
    this.#hash.update(this.#text, encoding);
    this.#text = "";
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
