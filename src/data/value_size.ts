// The size of values that consist of many bytes. A flow limits the payloads that wait by it: a worker adds the sizes
// of those that an activation has emitted, and the host of those that are queued.

import { MAX_DEPTH } from "./copier.ts";
import { walkList } from "./walk_list.ts";

/** The size below which a value counts as nothing, in bytes. */
const SMALL = 1_024;

/** The size of a part that has no bytes of its own, such as a number or a reference. */
const PART = 8;

/** The number of objects up to which those that occur twice may count twice. */
const MOST_OBJECTS = 1_000_000;

/**
 * Returns the approximate size of a value in bytes, and 0 for one of less than a kilobyte. Memory counts whole and
 * once, however many views of it there are; a string with one byte for each character; a `Blob` with its size; and
 * each field, item or entry with 8 bytes. Shared memory counts as nothing, as it is not copied. The time that it takes
 * is a fraction of that for the copy of the value.
 *
 * @param value The value, which must be a copy as by `faithful_copy.ts`.
 */
export function valueSize(value: unknown): number {
  if (typeof value === "string") return value.length < SMALL ? 0 : value.length;
  if (typeof value !== "object" || value === null) return 0;
  let sizer = new Sizer(false);
  sizer.addObject(value, 0);
  if (sizer.isEndless) {
    sizer = new Sizer(true);
    sizer.addObject(value, 0);
  }
  return sizer.size < SMALL ? 0 : sizer.size;
}

/**
 * Adds the sizes of the parts of one value. A set of all objects takes several times as long as the walk, so there are
 * two walks: the first counts an object as often as it occurs, and only if that comes to no end, because the value
 * contains itself or nearly so, the second counts each object once.
 */
class Sizer {
  size = 0;
  /** `true` if an object that occurs again has to be left out. */
  isEndless = false;
  readonly #isExact: boolean;
  /** The memory, or all objects, so far. */
  #seen: Set<object> | undefined;
  #objects = 0;

  constructor(isExact: boolean) {
    this.#isExact = isExact;
  }

  addObject(value: object, depth: number): void {
    if (this.#isExact) {
      if (this.#isSeen(value)) return;
    } else if (depth > MAX_DEPTH || ++this.#objects > MOST_OBJECTS) this.isEndless = true;
    if (this.isEndless) return;
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const key in value) this.#addPart((value as Record<string, unknown>)[key], depth);
    } else if (prototype === Array.prototype) this.#addList(value as unknown[], depth);
    else this.#addOther(value, depth);
  }

  #addPart(value: unknown, depth: number): void {
    this.size += PART;
    if (typeof value === "string") this.size += value.length;
    else if (typeof value === "object" && value !== null) this.addObject(value, depth + 1);
  }

  #addList(list: readonly unknown[], depth: number): void {
    const { length } = list;
    for (let i = 0; i < length; i++) {
      const item = list[i];
      if (item === undefined && !Object.hasOwn(list, i)) {
        return void walkList(list, {
          item: (item, at) => at < i ? undefined : this.#addPart(item, depth),
        });
      }
      this.#addPart(item, depth);
    }
  }

  #addOther(value: object, depth: number): void {
    if (ArrayBuffer.isView(value)) this.addObject(value.buffer, depth + 1);
    else if (value instanceof ArrayBuffer) {
      if (this.#isExact || !this.#isSeen(value)) this.size += value.byteLength;
    } else if (value instanceof Blob) this.size += value.size;
    else if (value instanceof Map) {
      for (const [key, item] of value) {
        this.#addPart(key, depth);
        this.#addPart(item, depth);
      }
    } else if (value instanceof Set) { for (const item of value) this.#addPart(item, depth); }
    else if (value instanceof Error) {
      this.#addPart(value.stack, depth);
      this.#addPart(value.cause, depth);
    }
  }

  #isSeen(value: object): boolean {
    this.#seen ??= new Set();
    if (this.#seen.has(value)) return true;
    this.#seen.add(value);
    return false;
  }
}
