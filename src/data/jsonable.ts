// Converts a value to a readable form that JSON supports. `JobView` uses it for `JSON.stringify(job)` and for
// the console; the result is never read back.

import { kindOf } from "./copier.ts";
import { walkList } from "./walk_list.ts";

/** The maximum number of parts of objects that are shown more than once. */
const MOST_REPEATED = 10_000;
/** A longer sequence of gaps in a list is shown as one text. */
const MANY_GAPS = 1_024;

/**
 * Converts a value to a readable form that JSON supports: a Map or Set becomes an array, a BigInt a string,
 * a buffer its bytes, and a cycle the text `[Circular]`. The result is not suitable for storing the value.
 *
 * The size of the result is proportional to the memory of the value. JSON has no references, so an object
 * that occurs several times is shown several times. As that can double the result with each level of the
 * value, objects that were shown before are shown as `[Repeated]` after ten thousand repeated parts. A long
 * gap in a list is shown as `[1000000 empty items]`.
 */
export function jsonable(value: unknown): unknown {
  return new Shower().show(value);
}

/** Converts one value. */
class Shower {
  /** The objects that contain the current one. */
  readonly #above = new Set<object>();
  /** The objects that have been shown. */
  readonly #shown = new Set<object>();
  /** The number of these that were shown before. */
  #repeating = 0;
  #repeated = 0;

  show(value: unknown): unknown {
    if (this.#repeating > 0) this.#repeated++;
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (this.#above.has(value)) return "[Circular]";
    const isRepeated = this.#shown.has(value);
    if (isRepeated && this.#repeated >= MOST_REPEATED) return "[Repeated]";
    this.#above.add(value);
    this.#shown.add(value);
    if (isRepeated) this.#repeating++;
    const shown = this.#showObject(value);
    if (isRepeated) this.#repeating--;
    this.#above.delete(value);
    return shown;
  }

  #showObject(value: object): unknown {
    if (value instanceof Date || value instanceof RegExp) return text(value);
    if (value instanceof Error) return { name: value.name, message: value.message };
    if (value instanceof Map) {
      return Array.from(value, ([key, held]) => [this.show(key), this.show(held)]);
    }
    if (value instanceof Set) return Array.from(value, (item) => this.show(item));
    if (value instanceof ArrayBuffer) return this.#showBytes(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) {
      return value instanceof DataView
        ? this.#showBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
        : Array.from(value as unknown as Iterable<unknown>, (item) => this.show(item));
    }
    if (Array.isArray(value)) return this.#showItems(value);
    const fields = Object.entries(value);
    if (fields.length === 0 && !isPlain(value)) {
      return isBox(value) ? this.show(value.valueOf()) : kind(value);
    }
    return Object.fromEntries(fields.map(([key, held]) => [key, this.show(held)]));
  }

  #showItems(list: readonly unknown[]): unknown[] {
    const shown: unknown[] = [];
    walkList(list, {
      item: (item) => void shown.push(this.show(item)),
      gap(length) {
        if (length > MANY_GAPS) shown.push(`[${length} empty items]`);
        else for (let i = 0; i < length; i++) shown.push(null);
      },
    });
    return shown;
  }

  #showBytes(bytes: Uint8Array): number[] {
    if (this.#repeating > 0) this.#repeated += bytes.length;
    return [...bytes];
  }
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
