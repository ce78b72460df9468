// The walk behind `faithful_copy.ts`: copies a value part by part and refuses, with its path, the part
// that would not arrive whole in another thread.

import { structuredClone } from "./structured_clone.ts";
import { UncloneableValueError } from "../errors/value_errors.ts";
import { builtinPrototype, NATIVE_ERRORS, VIEWS } from "./builtin_prototype.ts";
import { hasFields } from "./has_fields.ts";
import { isInBounds, tracksLength } from "./resizable_view.ts";
import { pathOf, type Step } from "./path_of.ts";

// A thread can send on a CryptoKey that it received only if it has accessed `crypto` before, by any name.
Reflect.get(globalThis, "crypto");

/** Copies one value. */
export class Copier {
  readonly #what: string;
  readonly #path: Step[] = [];
  readonly #copies = new Map<object, unknown>();
  readonly #maxDepth: number;
  readonly #instead: ((value: object) => unknown) | undefined;

  /**
   * @param what The name of the value in the path of an error.
   * @param kept The objects that the copy shares with the original.
   * @param maxDepth The number of levels to which the value may be nested.
   * @param instead Returns the replacement for an object that would otherwise be refused.
   */
  constructor(
    what: string,
    kept: readonly object[],
    maxDepth = MAX_DEPTH,
    instead?: (value: object) => unknown,
  ) {
    this.#what = what;
    this.#maxDepth = maxDepth;
    this.#instead = instead;
    for (const item of kept) this.#copies.set(item, item);
  }

  /** Copies a value. The stack of a refusal starts at the call of `caller`, however deep the value is. */
  copyWhole(value: unknown, caller: (...args: never[]) => unknown): unknown {
    try {
      return this.copy(value);
    } catch (error) {
      if (error instanceof UncloneableValueError) Error.captureStackTrace(error, caller);
      throw error;
    }
  }

  copy(value: unknown): unknown {
    switch (typeof value) {
      case "function":
        return this.#refuse("is a function, which cannot be sent to another thread; send data");
      case "symbol":
        return this.#refuse("is a symbol, which cannot be sent to another thread; send a string");
      case "object":
        return value === null ? null : this.#copies.get(value) ?? this.#copyObject(value);
      default:
        return value;
    }
  }

  #copyObject(value: object): unknown {
    if (this.#path.length > this.#maxDepth) {
      this.#refuse(`is nested deeper than ${MAX_DEPTH} levels; send a list of parts in its place`);
    }
    const prototype = builtinPrototype(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#copyFields(value as Fields, this.#remember(value, {}));
    }
    if (prototype === Array.prototype) return this.#copyItems(value as unknown[]);
    if (prototype === undefined) return this.#replace(value);
    if (VIEWS.has(prototype)) return this.#copyView(value as ArrayBufferView, prototype);
    if (prototype === ArrayBuffer.prototype) return this.#copyBuffer(value as ArrayBuffer);
    if (SHARED.has(Object.getPrototypeOf(value))) {
      this.#refuseFields(Object.keys(value));
      return value;
    }
    const NativeError = NATIVE_ERRORS.get(prototype);
    if (NativeError !== undefined) return this.#copyError(value as Error, NativeError);
    if (prototype === Map.prototype) return this.#copyMap(value as Map<unknown, unknown>);
    if (prototype === Set.prototype) return this.#copySet(value as Set<unknown>);
    return this.#copyOther(value, prototype);
  }

  #remember<C>(value: object, copy: C): C {
    this.#copies.set(value, copy);
    return copy;
  }

  #copyFields(value: Fields, copy: Fields): unknown {
    for (const key of Object.keys(value)) {
      const field = value[key];
      const copied = isPrimitive(field) ? field : this.#copyAt(key, field);
      if (key === "__proto__") {
        Object.defineProperty(copy, key, {
          value: copied,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      } else copy[key] = copied;
    }
    this.#refuseSymbols(value);
    return copy;
  }

  #copyItems(value: unknown[]): unknown {
    if (hasGap(value) || hasFields(value)) return this.#copySparse(value);
    // Calls the `slice` of this realm, as a list of another realm has another one. A single call copies
    // millions of numbers at once.
    const copy: unknown[] = this.#remember(value, Array.prototype.slice.call(value));
    for (let i = 0; i < copy.length; i++) {
      const item = copy[i];
      if (!isPrimitive(item)) copy[i] = this.#copyAt(i, item);
    }
    this.#refuseSymbols(value);
    return copy;
  }

  #copySparse(value: unknown[]): unknown {
    const copy: unknown[] = this.#remember(value, []);
    copy.length = value.length;
    for (const key of Object.keys(value)) {
      const index = Number(key);
      const isIndex = String(index >>> 0) === key && index < value.length;
      const copied = this.#copyAt(isIndex ? index : key, value[key as unknown as number]);
      copy[key as unknown as number] = copied;
    }
    this.#refuseSymbols(value);
    return copy;
  }

  #copyAt(key: Step, value: unknown): unknown {
    this.#path.push(key);
    const copy = this.copy(value);
    this.#path.pop();
    return copy;
  }

  #copyMap(value: Map<unknown, unknown>): unknown {
    this.#refuseFields(Object.keys(value));
    const copy = this.#remember(value, new Map<unknown, unknown>());
    for (const [key, item] of value) {
      if (isPrimitive(key) && isPrimitive(item)) copy.set(key, item);
      else {
        const shown = { shown: `[${typeof key === "object" ? "key" : String(key)}]` };
        copy.set(this.#copyAt(shown, key), this.#copyAt(shown, item));
      }
    }
    return copy;
  }

  #copySet(value: Set<unknown>): unknown {
    this.#refuseFields(Object.keys(value));
    const copy = this.#remember(value, new Set<unknown>());
    let i = 0;
    for (const item of value) copy.add(this.#copyAt(i++, item));
    return copy;
  }

  #copyBuffer(value: ArrayBuffer): unknown {
    this.#refuseFields(Object.keys(value));
    if (value.detached) {
      if (this.#instead !== undefined) return this.#remember(value, this.#instead(value));
      this.#refuse("is a buffer that was moved away and cannot be read; send another");
    }
    if (!value.resizable && value instanceof ArrayBuffer) {
      return this.#remember(value, value.slice(0));
    }
    const { byteLength, maxByteLength } = value;
    const copy = value.resizable
      ? new ArrayBuffer(byteLength, { maxByteLength })
      : new ArrayBuffer(byteLength);
    new Uint8Array(copy).set(new Uint8Array(value));
    return this.#remember(value, copy);
  }

  #copyView(value: ArrayBufferView, prototype: object): unknown {
    const isDataView = prototype === DataView.prototype;
    if (isDataView) this.#refuseFields(Object.keys(value));
    // The whole buffer is copied, so that views of one buffer still share it in the copy.
    const buffer = this.copy(value.buffer) as ArrayBuffer;
    if (buffer === value.buffer) return value;
    // Shared memory of another realm can be sent; cloning the view gives it the prototype of this realm.
    if (!(buffer instanceof ArrayBuffer)) return this.#remember(value, structuredClone(value));
    const View = VIEWS.get(prototype)!;
    // The view of a buffer that was moved away is replaced by an empty view.
    if ((value.buffer as ArrayBuffer).detached) return this.#remember(value, new View(buffer, 0));
    if (buffer.resizable) {
      if (!isInBounds(value)) {
        this.#refuse("is a view outside of the bounds of its resized buffer; send another");
      }
      if (tracksLength(value)) return this.#remember(value, new View(buffer, value.byteOffset));
    }
    const length = isDataView ? value.byteLength : (value as Uint8Array).length;
    return this.#remember(value, new View(buffer, value.byteOffset, length));
  }

  #copyError(value: Error, NativeError: ErrorConstructor): unknown {
    this.#refuseFields(Object.keys(value).filter((key) => key !== "cause"));
    if (Object.hasOwn(value, "name")) this.#refuseFields(["name"]);
    const copy = this.#remember(value, new NativeError(value.message));
    this.#hide(copy, "stack", value.stack);
    if (value.cause !== undefined) this.#hide(copy, "cause", this.#copyAt("cause", value.cause));
    return copy;
  }

  #hide(copy: Error, key: string, value: unknown): void {
    Object.defineProperty(copy, key, { value, writable: true, configurable: true });
  }

  /** Copies an object without readable parts, if structured clone preserves its class. */
  #copyOther(value: object, prototype: object): unknown {
    if (ArrayBuffer.isView(value)) return this.#replace(value);
    let clone: object;
    try {
      clone = structuredClone(value);
    } catch {
      // Some classes depend on the object: memory of WebAssembly, for example, can be sent only if it is
      // shared.
      return this.#replace(value);
    }
    if (Object.getPrototypeOf(clone) !== prototype) return this.#replace(value);
    const keys = Object.keys(value);
    // The keys of a `String` object begin with the indices of its characters.
    this.#refuseFields(prototype === String.prototype ? keys.slice(String(value).length) : keys);
    return this.#remember(value, clone);
  }

  #replace(value: object): unknown {
    if (this.#instead !== undefined) return this.#remember(value, this.#instead(value));
    const kind = kindOf(value);
    if (!ArrayBuffer.isView(value) || value instanceof DataView) {
      this.#refuse(
        `is an instance of ${kind}, which would not arrive as one; send plain data and build it there`,
      );
    }
    const base = (value as Uint8Array)[Symbol.toStringTag];
    const name = kind === "Buffer" ? "buffer" : "value";
    this.#refuse(
      `is an instance of ${kind}, which would arrive as a plain ${base}, with all of the memory ` +
        `that it is a part of; send \`new ${base}(${name})\``,
    );
  }

  #refuseFields([key]: readonly string[]): void {
    if (key === undefined) return;
    this.#path.push(key);
    this.#refuse("is a field of a built-in object, which would be lost; send it beside the object");
  }

  #refuseSymbols(value: object): void {
    const symbols = Object.getOwnPropertySymbols(value);
    if (symbols.length === 0) return;
    const [symbol] = symbols;
    this.#path.push({ shown: `[${String(symbol)}]` });
    this.#refuse("has a symbol for its key, which would be lost; use a string");
  }

  #refuse(reason: string): never {
    throw new UncloneableValueError(pathOf(this.#what, this.#path), reason);
  }
}

/**
 * The greatest depth to which values may be nested. Of the functions that walk through values, `toJSON`
 * overflows the stack first: at some 1,500 levels, before it is optimized. From 2,700 levels on,
 * structured clone writes values that it cannot read again. The limit is lower than both, because the
 * stack of the caller takes up room as well.
 */
export const MAX_DEPTH = 500;

type Fields = Record<string, unknown>;

/** Classes whose instances need no copy: they are immutable, or their memory is shared by design. */
const SHARED: ReadonlySet<object> = new Set(
  [Blob, File, SharedArrayBuffer].map((type) => type.prototype),
);

/** Checks whether a list is sparse. */
function hasGap(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    if (list[i] === undefined && !Object.hasOwn(list, i)) return true;
  }
  return false;
}

/** Returns the name of an object's class. */
export function kindOf(value: object): string {
  try {
    const name: unknown = value.constructor?.name;
    return typeof name === "string" && name !== "" ? name : "a class";
  } catch {
    return "a class";
  }
}

/** Checks whether a value can be shared instead of copied. */
export function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return type !== "object" && type !== "function" && type !== "symbol";
}
