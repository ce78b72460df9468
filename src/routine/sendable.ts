// The types of values that can be sent to a worker and back, as far as types can express that. Slots, events
// and configs are declared with `Sendable`; functions that send payloads take `Sent`.

/**
 * `unknown`, except for a type that contains a function or a symbol, which cannot be copied to a worker: for
 * that, a type without values whose field names the path of the function or symbol.
 */
export type Sendable<Value, Name extends string = "payload"> = Has<Value, Callable> extends true
  ? { readonly "a function cannot be sent": `${Name}${PathTo<Value, Callable>}` }
  : Has<Value, symbol> extends true
    ? { readonly "a symbol cannot be sent": `${Name}${PathTo<Value, symbol>}` }
  : unknown;

/**
 * The type of a payload for its sender. The receiver gets its own copy, so the sender may pass readonly
 * lists, maps and sets where the receiver has mutable ones.
 */
export type Sent<Value> = [Frozen<Value>] extends [Value] ? Value : Value | Frozen<Value>;

/**
 * `true` if a type contains an `Unsendable`. Defined as a separate type, so that in a generic function, where
 * `Value` is not known yet, the compiler assumes a type without one.
 *
 * @internal
 */
type Has<Value, Unsendable> = [PathTo<Value, Unsendable>] extends [never] ? false : true;

/**
 * The paths of each `Unsendable` in a type, down to a depth at which a recursive type repeats.
 *
 * @internal
 */
type PathTo<Value, Unsendable, Depth extends 0[] = []> = 0 extends 1 & Value ? never
  : Depth["length"] extends 5 ? never
  : Value extends Whole ? never
  : Value extends Unsendable ? ""
  : Value extends Callable ? never
  : Value extends readonly (infer Item)[] ? `[]${PathTo<Item, Unsendable, [...Depth, 0]>}`
  : Value extends ReadonlyMap<infer Key, infer Item>
    ? `.get()${PathTo<Key | Item, Unsendable, [...Depth, 0]>}`
  : Value extends ReadonlySet<infer Item> ? `.values()${PathTo<Item, Unsendable, [...Depth, 0]>}`
  : Value extends object ? {
      [Key in keyof Value]-?: `.${Key & string}${PathTo<Value[Key], Unsendable, [...Depth, 0]>}`;
    }[keyof Value]
  : never;

/**
 * A type whose lists, maps and sets are readonly, at any depth.
 *
 * @internal
 */
type Frozen<Value> = Value extends Whole | Callable ? Value
  : Value extends readonly unknown[] ? FrozenList<Value>
  : Value extends ReadonlyMap<infer Key, infer Item>
    ? Exactly<Map<Key, Item>, Value, ReadonlyMap<Frozen<Key>, Frozen<Item>>>
  : Value extends ReadonlySet<infer Item> ? Exactly<Set<Item>, Value, ReadonlySet<Frozen<Item>>>
  : Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
  : Value;

/**
 * A list or a tuple that is readonly, at any depth. Written as a list type, as the compiler expands the items
 * of `Item[]` lazily, but those of a mapped type at once, which would not terminate for a recursive type such
 * as JSON.
 *
 * @internal
 */
type FrozenList<List extends readonly unknown[]> = number extends List["length"]
  ? List extends readonly [unknown, ...unknown[]] | readonly [...unknown[], unknown]
    ? Exactly<[...List], List, { readonly [Index in keyof List]: Frozen<List[Index]> }>
  : Exactly<List[number][], List, readonly Frozen<List[number]>[]>
  : Exactly<[...List], List, { readonly [Index in keyof List]: Frozen<List[Index]> }>;

/**
 * `Readonly` for a value that is only a list, a map or a set, else `Value` itself. An intersection stays as
 * it is, such as the input of two slots of which only one takes a list.
 *
 * @internal
 */
type Exactly<Plain, Value, Readonly> = Plain extends Value ? Readonly : Value;

/**
 * A function or a class.
 *
 * @internal
 */
type Callable =
  | ((...args: never[]) => unknown)
  | (abstract new (...args: never[]) => unknown);

/** Types that are sent as a whole. Their methods are those of a class that the receiver has as well. */
type Whole =
  | Primitive
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  | ImageBitmap
  | WebAssembly.Memory
  | MessagePort
  | ReadableStream
  | WritableStream
  | TransformStream;

type Primitive = string | number | bigint | boolean | null | undefined | void;
