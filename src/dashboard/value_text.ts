// Writes a value of a user as indented text. Unlike `Deno.inspect`, it never calls code of the value, its output is
// bounded, and characters that a terminal or a page would interpret are escaped. `shown_value.ts` calls it.

import { printable } from "../errors/printable.ts";
import { errorField } from "./error_field.ts";
import { itemsOf, Mark } from "./items_of.ts";
import type { Slices } from "./slices.ts";

/** The number of spaces of a level. */
const INDENT = "  ";

/** The number of characters of primitive values that are written on one line. */
const WIDTH = 76;

/** The number of fields up to which an object with primitive values is written on one line. */
const MAX_SHORT = 6;

/** The number of parts of a value after which the text ends, whatever its length is. */
const MAX_PARTS = 1_000_000;

/** The number of parts after which the work can be interrupted. */
const PAUSE = 500;

/** The number of levels that are written. Values may have 500. */
const MAX_DEPTH = 550;

/** The number of characters beyond those that are written, above which a text is counted without its escapes. */
const MAX_QUOTED = 10_000;

/** The number of bytes of a buffer that are written. */
const MAX_BYTES = 65_536;

/** A field that needs no quotes. */
const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** A text, and the length that it would have without a limit. */
export interface ValueText {
  /** The first characters. */
  readonly text: string;
  /**
   * The number of characters of the whole text; at least this number if counting was given up. Texts within it that are
   * long and cut off are counted without escapes.
   */
  readonly length: number;
}

/**
 * Writes a value as text.
 *
 * @param value The value.
 * @param maxText The number of characters to write.
 * @param maxLength The number of characters after which counting is given up.
 */
export function valueText(value: unknown, maxText: number, maxLength: number): ValueText {
  const writer = new ValueWriter(maxText, maxLength);
  for (const _ of writer.write(value));
  return writer.result;
}

/**
 * Writes a value as text, as `valueText` does, in slices.
 *
 * @param value The value, which must not change meanwhile.
 * @param max The number of characters to write.
 * @param slices Gives way to the program.
 */
export async function slicedText(value: unknown, max: number, slices: Slices): Promise<string> {
  const writer = new ValueWriter(max, max);
  for (const _ of writer.write(value)) if (slices.isOver) await slices.next();
  return writer.result.text;
}

/** Writes one value. Its generators stop after some parts, so that the work can be divided. */
class ValueWriter {
  readonly #maxText: number;
  readonly #maxLength: number;
  readonly #sections: string[] = [];
  readonly #chunks: string[] = [];
  readonly #above = new Set<object>();
  #written = 0;
  #length = 0;
  #parts = 0;

  constructor(maxText: number, maxLength: number) {
    this.#maxText = maxText;
    this.#maxLength = maxLength;
  }

  write(value: unknown): Writing {
    return this.#value(value, "");
  }

  get result(): ValueText {
    return { text: this.#sections.join("") + this.#chunks.join(""), length: this.#length };
  }

  get #isFull(): boolean {
    return this.#length >= this.#maxLength || this.#parts >= MAX_PARTS;
  }

  #add(text: string, length = text.length): void {
    this.#length += length;
    const room = this.#maxText - this.#written;
    if (room <= 0) return;
    const part = text.length <= room ? text : whole(text.slice(0, room));
    this.#chunks.push(part);
    // Joining millions of chunks at the end would take long.
    if (this.#chunks.length === PAUSE) this.#sections.push(this.#chunks.splice(0).join(""));
    this.#written += room < text.length ? room : part.length;
  }

  *#value(value: unknown, indent: string): Writing {
    if (++this.#parts % PAUSE === 0) yield;
    if (typeof value === "string") return this.#string(value);
    if (typeof value !== "object" || value === null) return this.#add(primitive(value));
    if (this.#above.has(value)) return this.#add("[Circular]");
    if (this.#above.size >= MAX_DEPTH) return this.#add("[…]");
    this.#above.add(value);
    try {
      yield* this.#object(value, indent);
    } catch {
      // A revoked proxy, or a stack that is nearly full.
      this.#add("[unreadable]");
    }
    this.#above.delete(value);
  }

  /** Writes a text in quotes. The part of a long text that is cut off is not searched for characters to escape. */
  #string(value: string): void {
    const room = Math.max(0, this.#maxText - this.#written);
    if (value.length <= room + MAX_QUOTED) return this.#add(quoted(value));
    this.#add(quoted(value.slice(0, room + 1)), value.length + 2);
  }

  *#object(value: object, indent: string): Writing {
    if (Array.isArray(value)) return yield* this.#list(value, indent);
    if (value instanceof Map) return yield* this.#map(value, indent);
    if (value instanceof Set) {
      const items = Set.prototype.values.call(value);
      if (value.size <= MAX_SHORT && [...value].every(isShortValue)) {
        const line = [...value].map(primitive);
        if (this.#isOnLine(`Set(${value.size}) {`, line, "}")) return;
      }
      const write = this.#value.bind(this);
      return yield* this.#entries(`Set(${value.size}) {`, "}", items, indent, write);
    }
    if (ArrayBuffer.isView(value) || isBuffer(value)) return yield* this.#bytes(value, indent);
    if (value instanceof Date) {
      const time = Date.prototype.getTime.call(value);
      return this.#add(Number.isNaN(time) ? "Invalid Date" : new Date(time).toISOString());
    }
    if (value instanceof RegExp) {
      return this.#add(printable(RegExp.prototype.toString.call(value)));
    }
    if (Error.isError(value)) return yield* this.#error(value, indent);
    const boxed = unboxed(value);
    if (boxed !== undefined) return this.#add(boxed);
    yield* this.#fields(value, Object.keys(value), kindOf(value), indent);
  }

  *#list(list: readonly unknown[], indent: string): Writing {
    if (this.#isShortList(list)) return;
    yield* this.#entries("[", "]", itemsOf(list), indent, this.#item.bind(this));
  }

  *#item(item: unknown, indent: string): Writing {
    if (item instanceof Mark) this.#add(item.text);
    else yield* this.#value(item, indent);
  }

  /** Writes a list of a few primitive values on one line, if it is one. */
  #isShortList(list: readonly unknown[]): boolean {
    if (list.length > WIDTH) return false;
    const items: string[] = [];
    for (let i = 0; i < list.length; i++) {
      const field = Object.getOwnPropertyDescriptor(list, i);
      if (field === undefined || !isShort(field)) return false;
      items.push(primitive(field.value));
    }
    return this.#isOnLine("[", items, "]");
  }

  /** Writes an object with a few primitive fields on one line, if it is one. */
  #isShortObject(open: string, value: object, keys: readonly string[]): boolean {
    if (keys.length > MAX_SHORT) return false;
    const items: string[] = [];
    for (const key of keys) {
      const field = Object.getOwnPropertyDescriptor(value, key);
      if (field === undefined || key.length > WIDTH || !isShort(field)) return false;
      items.push(`${named(key)}: ${primitive(field.value)}`);
    }
    return this.#isOnLine(open, items, "}");
  }

  #isOnLine(open: string, items: readonly string[], close: string): boolean {
    const line = items.join(", ");
    if (line.length > WIDTH) return false;
    this.#parts += items.length;
    this.#add(items.length === 0 ? open + close : `${open} ${line} ${close}`);
    return true;
  }

  *#map(map: ReadonlyMap<unknown, unknown>, indent: string): Writing {
    const entries = Map.prototype.entries.call(map);
    yield* this.#entries(`Map(${map.size}) {`, "}", entries, indent, this.#entry.bind(this));
  }

  *#entry([key, value]: [unknown, unknown], indent: string): Writing {
    yield* this.#value(key, indent);
    this.#add(" => ");
    yield* this.#value(value, indent);
  }

  *#bytes(value: ArrayBufferView | ArrayBufferLike, indent: string): Writing {
    const kind = kindOf(value) ?? "ArrayBuffer";
    if (!ArrayBuffer.isView(value) || value instanceof DataView) {
      const bytes = ArrayBuffer.isView(value)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        : new Uint8Array(value);
      this.#add(`${kind}(${bytes.length} bytes) <`);
      const end = Math.min(bytes.length, MAX_BYTES);
      for (let i = 0; i < end && !this.#isFull; i += 16) {
        const line = Array.from(bytes.subarray(i, Math.min(i + 16, end)), hex);
        this.#add(`${i > 0 ? `\n${indent}${INDENT}` : ""}${line.join(" ")}`);
      }
      return this.#add(bytes.length > end ? ` … ${bytes.length - end} more>` : ">");
    }
    const numbers = value as unknown as ArrayLike<number | bigint>;
    this.#add(`${kind}(${numbers.length}) [`);
    let line = 0;
    for (let i = 0; i < numbers.length && !this.#isFull; i++) {
      const text = `${i > 0 ? "," : ""} ${primitive(numbers[i])}`;
      line += text.length;
      if (line > WIDTH) {
        this.#add(`${i > 0 ? "," : ""}\n${indent}${INDENT}${primitive(numbers[i])}`);
        line = text.length;
      } else this.#add(text);
      if (++this.#parts % PAUSE === 0) yield;
    }
    if (numbers.length === 0) return this.#add("]");
    this.#add(this.#isFull ? " … ]" : " ]");
  }

  *#error(error: Error, indent: string): Writing {
    const [name, message, stack] = ["name", "message", "stack"].map((key) =>
      errorField(error, key)
    );
    const title = [name ?? "Error", message].filter((part) => part).join(": ");
    const lines = stack === undefined
      ? []
      : stack.split("\n").filter((line) => /^\s+at /.test(line));
    this.#add(printable(title));
    for (const line of lines) this.#add(`\n${indent}${INDENT}${printable(line.trim())}`);
    const keys = Object.getOwnPropertyNames(error).filter((key) =>
      key !== "name" && key !== "message" && key !== "stack"
    );
    if (keys.length === 0) return;
    this.#add(" ");
    yield* this.#fields(error, keys, undefined, indent);
  }

  *#fields(
    value: object,
    keys: readonly string[],
    kind: string | undefined,
    indent: string,
  ): Writing {
    const open = kind === undefined ? "{" : `${printable(kind)} {`;
    if (this.#isShortObject(open, value, keys)) return;
    yield* this.#entries(open, "}", keys, indent, this.#field.bind(this, value));
  }

  *#field(value: object, key: string, indent: string): Writing {
    this.#add(`${named(key)}: `);
    const field = Object.getOwnPropertyDescriptor(value, key);
    // Calling a getter would execute code of the value.
    if (field !== undefined && !("value" in field)) this.#add("[Getter]");
    else yield* this.#value(field?.value, indent);
  }

  *#entries<Item>(
    open: string,
    close: string,
    items: Iterable<Item>,
    indent: string,
    write: (item: Item, indent: string) => Writing,
  ): Writing {
    const inner = indent + INDENT;
    let isEmpty = true;
    this.#add(open);
    for (const item of items) {
      if (this.#isFull) {
        // Not to be taken for the last one.
        this.#add(`${isEmpty ? "" : ","}\n${inner}…`);
        isEmpty = false;
        break;
      }
      this.#add(`${isEmpty ? "" : ","}\n${inner}`);
      isEmpty = false;
      yield* write(item, inner);
    }
    this.#add(isEmpty ? close : `\n${indent}${close}`);
  }
}

/** The rest of the work. */
type Writing = Generator<undefined, void>;

/** Checks whether a field has a primitive value, and a short one. */
function isShort(field: PropertyDescriptor): boolean {
  return "value" in field && isShortValue(field.value);
}

function isShortValue(value: unknown): boolean {
  if (typeof value === "string") return value.length <= WIDTH;
  return typeof value !== "object" || value === null;
}

function named(key: string): string {
  return PLAIN_KEY.test(key) ? key : quoted(key);
}

function primitive(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return "[Function]";
    case "symbol":
      return printable(String(value));
    default:
      return String(value);
  }
}

/** Returns a text in quotes, with escapes for all characters that could be taken for something else. */
function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

/** Returns a text without the first half of a character at its end. */
function whole(text: string): string {
  return text.isWellFormed() ? text : text.replace(/[\ud800-\udbff]$/, "");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer ||
    typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;
}

function unboxed(value: object): string | undefined {
  if (value instanceof String) return `[String: ${quoted(String.prototype.valueOf.call(value))}]`;
  if (value instanceof Number) return `[Number: ${Number.prototype.valueOf.call(value)}]`;
  if (value instanceof Boolean) return `[Boolean: ${Boolean.prototype.valueOf.call(value)}]`;
  if (value instanceof BigInt) return `[BigInt: ${BigInt.prototype.valueOf.call(value)}n]`;
  return undefined;
}

/** Returns the name of the class of an object; `undefined` for a plain one. */
function kindOf(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return undefined;
  const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof type !== "function") return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(type, "name")?.value;
  return typeof name === "string" && name !== "" && name !== "Object" ? name : undefined;
}
