import { UncloneableValueError } from "../errors/uncloneable_value_error.ts";
import { isInBounds, tracksLength } from "./resizable_view.ts";
import { pathOf, type Step } from "./value_path.ts";

/**
 * How deep a value may be nested. Of all that walks through values, `toJSON` gives up first, at some
 * 1,500 levels before it is optimized; structured clone writes some that it cannot read again, from
 * 2,700 on. The rest is left to whatever stack there is already.
 */
const MAX_DEPTH = 500;

/**
 * Copies a value as structured clone would, but refuses what structured clone would lose or quietly
 * change, and what is nested so deep that it may not be readable where it arrives. The copy is what
 * is sent, so later changes to the original go nowhere. A field that was added to a typed array goes
 * unnoticed: to list its fields takes up to a hundred times as long as to copy it.
 *
 * @param value The value.
 * @param what What to call it in the path of an error, as `payload`.
 * @returns The copy.
 * @throws {UncloneableValueError} With the path of the offending field.
 */
export function faithfulCopy(value: unknown, what: string): unknown {
  return isPrimitive(value) ? value : new Copier(what, []).copyWhole(value, faithfulCopy);
}

/**
 * Copies a payload, which is searched for what would be lost unless that is not wanted.
 *
 * @param value The payload.
 * @param what What to call it in the path of an error.
 * @param isChecked Whether what structured clone would lose is refused. If not, it is lost.
 * @throws {UncloneableValueError} If it is checked, or nested too deep.
 */
export function copyPayload(value: unknown, what: string, isChecked: boolean): unknown {
  if (isChecked) return faithfulCopy(value, what);
  try {
    // It copies plain data several times faster than structured clone, in spite of the search.
    return faithfulCopy(value, what);
  } catch {
    // What is too deep stays so, and is refused by the second walk.
    const cloned = structuredClone(value);
    return new Copier(what, [], MAX_DEPTH, (other) => other).copyWhole(cloned, copyPayload);
  }
}

/**
 * Copies what was kept, to be looked at. As {@linkcode faithfulCopy}, but a buffer that was moved away
 * since is shown empty, and of what can only be moved, as a port, the kind is shown, as `[MessagePort]`.
 */
export function shownCopy<Value>(value: Value): Value {
  return new Copier("value", [], Infinity, shown).copy(value) as Value;
}

function shown(value: object): unknown {
  return value instanceof ArrayBuffer ? new ArrayBuffer() : `[${kindOf(value)}]`;
}

/** A payload together with the parts of it that are to be moved on, not copied. */
export interface Moved {
  readonly payload: unknown;
  readonly transfer: readonly Transferable[];
}

/**
 * As {@linkcode faithfulCopy}, but moves what is in `transfer`: it is detached here at once.
 *
 * @param value The value.
 * @param what What to call it in the path of an error.
 * @param transfer What to move.
 * @returns The copy, and what was moved into it.
 * @throws {UncloneableValueError} With the path of the offending field.
 */
export function faithfulMove(
  value: unknown,
  what: string,
  transfer: readonly Transferable[],
): Moved {
  const payload = new Copier(what, transfer).copyWhole(value, faithfulMove);
  return structuredClone({ payload, transfer }, { transfer: [...transfer] });
}

const TYPED_ARRAYS: ReadonlySet<object> = new Set([
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
  DataView,
].map((type) => type.prototype));

const NATIVE_ERRORS: ReadonlyMap<object, ErrorConstructor> = new Map([
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
].map((type) => [type.prototype, type]));

/** Kinds that structured clone keeps whole and that cannot be changed, or only by all at once. */
const KEPT: ReadonlySet<object> = new Set(
  [Blob, File, SharedArrayBuffer].map((type) => type.prototype),
);

/** Kinds that structured clone itself copies whole, as long as they carry no fields of their own. */
const CLONED: ReadonlySet<object> = new Set(
  [Date, RegExp, Boolean, Number, String, BigInt].map((type) => type.prototype),
);

class Copier {
  readonly #what: string;
  readonly #path: Step[] = [];
  readonly #copies = new Map<object, unknown>();
  readonly #maxDepth: number;
  readonly #instead: ((value: object) => unknown) | undefined;

  /**
   * @param what What to call the value.
   * @param kept What is to be in the copy as it is.
   * @param maxDepth How deep the value may be nested.
   * @param instead Gives what stands in the copy for an object that is refused by default.
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

  /** Copies a value; a refusal has the stack of who called `caller`, however deep the value is. */
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
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#copyFields(value as Fields, this.#remember(value, {}));
    }
    if (prototype === Array.prototype) {
      return this.#copyItems(value as unknown[], this.#remember(value, []));
    }
    if (TYPED_ARRAYS.has(prototype)) return this.#copyView(value as ArrayBufferView);
    if (prototype === ArrayBuffer.prototype) return this.#copyBuffer(value as ArrayBuffer);
    if (KEPT.has(prototype)) {
      this.#refuseFields(Object.keys(value));
      return value;
    }
    const NativeError = NATIVE_ERRORS.get(prototype);
    if (NativeError !== undefined) return this.#copyError(value as Error, NativeError);
    if (prototype === Map.prototype) return this.#copyMap(value as Map<unknown, unknown>);
    if (prototype === Set.prototype) return this.#copySet(value as Set<unknown>);
    if (CLONED.has(prototype)) {
      const keys = Object.keys(value);
      // The characters of a text are fields of its object.
      this.#refuseFields(value instanceof String ? keys.slice(value.length) : keys);
      return this.#remember(value, structuredClone(value));
    }
    if (this.#instead !== undefined) return this.#remember(value, this.#instead(value));
    return this.#refuse(
      `is an instance of ${
        kindOf(value)
      }, which would not arrive as one; send plain data and build it there`,
    );
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

  #copyItems(value: unknown[], copy: unknown[]): unknown {
    const keys = Object.keys(value);
    // Indices come first, so in an array without gaps or fields the last index is the last key.
    if (keys.length !== value.length || Number(keys.at(-1) ?? -1) !== value.length - 1) {
      return this.#copySparse(value, copy, keys);
    }
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      copy.push(isPrimitive(item) ? item : this.#copyAt(i, item));
    }
    this.#refuseSymbols(value);
    return copy;
  }

  #copySparse(value: unknown[], copy: unknown[], keys: readonly string[]): unknown {
    copy.length = value.length;
    for (const key of keys) {
      const index = Number(key);
      const isIndex = String(index) === key && index < value.length;
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
      const shown = { shown: `[${typeof key === "object" ? "key" : String(key)}]` };
      copy.set(this.#copyAt(shown, key), this.#copyAt(shown, item));
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
      this.#refuse("is a buffer that was moved away, which nobody can read; send another");
    }
    if (!value.resizable) return this.#remember(value, value.slice(0));
    const { byteLength, maxByteLength } = value;
    const copy = new ArrayBuffer(byteLength, { maxByteLength });
    new Uint8Array(copy).set(new Uint8Array(value));
    return this.#remember(value, copy);
  }

  #copyView(value: ArrayBufferView): unknown {
    const isDataView = value instanceof DataView;
    if (isDataView) this.#refuseFields(Object.keys(value));
    // The whole buffer is copied, so that views of one buffer still share it in the copy.
    const buffer = this.copy(value.buffer) as ArrayBuffer;
    if (buffer === value.buffer) return value;
    const View = value.constructor as ViewConstructor;
    // A view of what was moved away is shown as empty as that is.
    if ((value.buffer as ArrayBuffer).detached) return this.#remember(value, new View(buffer, 0));
    if (buffer.resizable) {
      if (!isInBounds(value)) {
        this.#refuse("is a view that its buffer has left outside; send another");
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

  #refuseFields([key]: readonly string[]): void {
    if (key === undefined) return;
    this.#path.push(key);
    this.#refuse("is a field of a built-in object, which would be lost; send it beside the object");
  }

  #refuseSymbols(value: object): void {
    const [symbol] = Object.getOwnPropertySymbols(value);
    if (symbol === undefined) return;
    this.#path.push({ shown: `[${String(symbol)}]` });
    this.#refuse("has a symbol for its key, which would be lost; use a string");
  }

  #refuse(reason: string): never {
    throw new UncloneableValueError(pathOf(this.#what, this.#path), reason);
  }
}

type Fields = Record<string, unknown>;
type ViewConstructor = new (
  buffer: ArrayBuffer,
  offset: number,
  length?: number,
) => ArrayBufferView;

/** The name of an object's class. */
function kindOf(value: object): string {
  return value.constructor?.name || "a class";
}

/** Whether a value is its own copy. */
function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return type !== "object" && type !== "function" && type !== "symbol";
}
