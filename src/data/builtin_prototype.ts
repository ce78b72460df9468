// Which built-in class an object is an instance of, in whichever realm it was made: `copier.ts` asks,
// as what a `node:vm` context gives is data like any other.

/**
 * Returns the prototype of an object as this realm has it: for a list of another realm, as of a
 * `node:vm` context, it is `Array.prototype` as well.
 *
 * @param value The object.
 * @returns The prototype of its class, be it built in or not; `null` for an object without one;
 * `undefined` for what inherits from a built-in class but is no instance, as `Object.create(Map.prototype)`.
 */
export function builtinPrototype(value: object): object | null | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return prototype;
  if (prototype === Array.prototype) return Array.isArray(value) ? prototype : undefined;
  const local = LOCAL.has(prototype) ? prototype : localOf(prototype);
  return isInstance(value, local) ? local : undefined;
}

type Class = { readonly prototype: object };

/** Built-in classes of errors that structured clone keeps. */
export const NATIVE_ERRORS: ReadonlyMap<object, ErrorConstructor> = byPrototype([
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
]);

/** Creates a view of a buffer. */
export type ViewConstructor = new (
  buffer: ArrayBuffer,
  offset: number,
  length?: number,
) => ArrayBufferView;

/** Built-in classes of views. */
export const VIEWS: ReadonlyMap<object, ViewConstructor> = byPrototype<
  ViewConstructor & Class
>([
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
]);

/** All classes that every realm has its own of, and whose instances can be sent. */
const CLASSES: readonly Class[] = [
  Object,
  Array,
  Map,
  Set,
  ArrayBuffer,
  SharedArrayBuffer,
  Date,
  RegExp,
  Boolean,
  Number,
  String,
  BigInt,
  WebAssembly.Module,
  WebAssembly.Memory,
  ...NATIVE_ERRORS.values(),
  ...VIEWS.values(),
];

const LOCAL: ReadonlySet<object> = new Set(CLASSES.map((type) => type.prototype));

/** The source of a built-in class names it, as `function Map() { [native code] }`, in every realm. */
const BY_SOURCE: ReadonlyMap<string, object> = new Map(
  CLASSES.map((type) => [Function.prototype.toString.call(type), type.prototype]),
);

/** The local prototype found for each prototype of another realm. */
const found = new WeakMap<object, object>();

function localOf(prototype: object): object {
  let local = found.get(prototype);
  if (local === undefined) {
    const type: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    const isOwn = typeof type === "function" && type.prototype === prototype;
    local = isOwn && BY_SOURCE.get(Function.prototype.toString.call(type)) || prototype;
    found.set(prototype, local);
  }
  return local;
}

/** Getters that throw on what has no such part, by the class they come from. */
const PARTS: ReadonlyMap<object, (this: object) => unknown> = new Map(
  [
    [Map.prototype, "size"] as const,
    [Set.prototype, "size"] as const,
    [ArrayBuffer.prototype, "byteLength"] as const,
    [SharedArrayBuffer.prototype, "byteLength"] as const,
  ].map(([prototype, key]) => [prototype, Object.getOwnPropertyDescriptor(prototype, key)!.get!]),
);

function isInstance(value: object, local: object): boolean {
  if (local === Array.prototype) return Array.isArray(value);
  if (VIEWS.has(local)) return ArrayBuffer.isView(value);
  if (NATIVE_ERRORS.has(local)) return Error.isError(value);
  try {
    PARTS.get(local)?.call(value);
    return true;
  } catch {
    return false;
  }
}

function byPrototype<Type extends Class>(types: readonly Type[]): Map<object, Type> {
  return new Map(types.map((type) => [type.prototype, type]));
}
