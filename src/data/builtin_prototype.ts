// Determines the built-in class of an object from any realm, for `copier.ts`, as values from a `node:vm`
// context are ordinary data.

/**
 * Returns the prototype of an object, translated to this realm: `Array.prototype` for a list of any realm,
 * such as a `node:vm` context.
 *
 * @param value The object.
 * @returns The prototype of its class, built in or not; `null` for an object without prototype; `undefined`
 * for an object that inherits from a built-in class without being an instance, as
 * `Object.create(Map.prototype)`.
 */
export function builtinPrototype(value: object): object | null | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return prototype;
  if (prototype === Array.prototype) return Array.isArray(value) ? prototype : undefined;
  const local = LOCAL.has(prototype) ? prototype : localOf(prototype);
  return isInstance(value, local) ? local : undefined;
}

type Class = { readonly prototype: object };

/** The built-in classes of errors that structured clone preserves. */
export const NATIVE_ERRORS: ReadonlyMap<object, ErrorConstructor> = byPrototype([
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
]);

/** The constructor of a view of a buffer. */
export type ViewConstructor = new (
  buffer: ArrayBuffer,
  offset: number,
  length?: number,
) => ArrayBufferView;

/** The built-in classes of views. */
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

/** The classes of which every realm has its own, and whose instances can be sent. */
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

/**
 * The source text of a built-in class contains its name in every realm, as in
 * `function Map() { [native code] }`.
 */
const BY_SOURCE: ReadonlyMap<string, object> = new Map(
  CLASSES.map((type) => [Function.prototype.toString.call(type), type.prototype]),
);

/** A cache of the local prototype for each prototype of another realm. */
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

/** Getters that throw on objects that are not genuine instances, by their class. */
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
