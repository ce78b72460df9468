import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { isInBounds } from "../../src/data/resizable_view.ts";

function copyOf<Value>(value: Value): Value {
  return faithfulCopy(value, "payload") as Value;
}

const PRIMITIVES = [undefined, null, true, false, 0, -0, 1.5, NaN, Infinity, 12n, "", "text", "\0"];

const OBJECTS: Readonly<Record<string, object>> = {
  "a plain object": { a: 1, b: { c: [true, null, undefined] }, "": 2, "a b": 3 },
  "an object without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "an array": [1, "two", [3n], { four: 4 }],
  "an array with holes": [1, , 3, ,], // deno-lint-ignore-line no-sparse-arrays
  "an array with fields": Object.assign([1, 2], { note: "x" }),
  "an array with holes and fields": Object.assign([1, , 3], { note: "x" }), // deno-lint-ignore-line no-sparse-arrays
  "a date": new Date(12),
  "an invalid date": new Date(NaN),
  "a regular expression": /a+/giu,
  "a map": new Map<unknown, unknown>([["a", { b: 1 }], [{ key: 1 }, "c"], [NaN, undefined]]),
  "a set": new Set<unknown>([1, "a", { b: [2] }]),
  "a boxed number": Object(1),
  "a boxed string": Object("text"),
  "a boxed boolean": Object(false),
  "a boxed bigint": Object(1n),
  "a buffer": Uint8Array.of(1, 2, 3).buffer,
  "an error": new Error("no"),
  "an error of a built-in class": new RangeError("no"),
  "an error with a cause": new TypeError("no", { cause: { code: 7 } }),
  "an error caused by an error": new SyntaxError("no", { cause: new URIError("deeper") }),
};

type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

const VIEWS: readonly ViewConstructor[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

Deno.test("faithfulCopy() returns primitives unchanged", () => {
  for (const value of PRIMITIVES) assert(Object.is(copyOf(value), value), String(value));
});

for (const [name, value] of Object.entries(OBJECTS)) {
  Deno.test(`faithfulCopy() copies ${name} like structuredClone()`, () => {
    const copy = copyOf({ value }).value;
    assertNotStrictEquals(copy, value);
    assertEquals(copy, structuredClone(value));
    assertEquals(Object.keys(copy), Object.keys(structuredClone(value)));
  });
}

Deno.test("faithfulCopy() preserves an error's message and stack", () => {
  const error = new TypeError("no", { cause: new Error("deeper") });
  const copy = copyOf(error);
  assertEquals([copy.name, copy.message, copy.stack], [error.name, error.message, error.stack]);
  assert(copy instanceof TypeError && copy.cause instanceof Error);
  assertEquals(copy.cause.message, "deeper");
});

Deno.test("faithfulCopy() copies errors that cause each other", () => {
  const error = new Error("no");
  error.cause = new TypeError("deeper", { cause: error });
  const copy = copyOf(error);
  assertStrictEquals((copy.cause as Error).cause, copy);
});

for (const View of VIEWS) {
  Deno.test(`faithfulCopy() preserves the offset of a ${View.name}`, () => {
    const { buffer } = Uint8Array.from({ length: 32 }, (_, i) => i);
    const view = new View(buffer, 8, 2);
    const copy = copyOf(view);
    assertStrictEquals(copy.constructor, View);
    assertNotStrictEquals(copy.buffer, buffer);
    assertEquals([copy.byteOffset, copy.byteLength], [view.byteOffset, view.byteLength]);
    assertEquals(copy, view);
  });
}

Deno.test("faithfulCopy() copies a buffer once for its views", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const { buffer } = bytes;
  const copy = copyOf({ bytes, words: new Uint16Array(buffer), buffer });
  assertStrictEquals(copy.bytes.buffer, copy.buffer);
  assertStrictEquals(copy.words.buffer, copy.buffer);
  copy.bytes[0] = 9;
  assertEquals(bytes[0], 1, "the original is not touched");
});

Deno.test("faithfulCopy() preserves resizable buffers and their views", () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const full = new ArrayBuffer(8, { maxByteLength: 8 });
  const value = {
    bytes: Uint8Array.from([1, 2]),
    buffers: [buffer, full],
    views: [
      new Uint8Array(buffer),
      new Uint8Array(buffer, 0, 8),
      new Uint8Array(buffer, 0, 0),
      new Uint8Array(buffer, 8),
      new Uint16Array(buffer, 2),
      new Uint16Array(buffer, 2, 3),
      new DataView(buffer, 1),
      new DataView(buffer, 1, 7),
      new Float64Array(full),
      new Float64Array(full, 0, 1),
    ],
  };
  new Uint8Array(buffer).set(value.bytes, 6);
  const [copy, cloned] = [copyOf(value), structuredClone(value)];
  assertEquals(copy, cloned);
  for (const length of [8, 6, 0]) {
    for (const { buffers } of [copy, cloned]) {
      for (const each of buffers) each.resize(Math.min(length * 2, each.maxByteLength));
    }
    assertEquals(copy.views.map(lengthOf), cloned.views.map(lengthOf));
    for (const { buffers } of [copy, cloned]) {
      for (const each of buffers) each.resize(length);
    }
    assertEquals(copy.views.map(lengthOf), cloned.views.map(lengthOf));
  }
});

/** Returns the length of a view that is not out of bounds. */
function lengthOf(view: ArrayBufferView): number | undefined {
  return isInBounds(view) ? view.byteLength : undefined;
}

Deno.test("faithfulCopy() preserves cycles", () => {
  interface Ring {
    self?: Ring;
    list: unknown[];
    map: Map<unknown, unknown>;
    set: Set<unknown>;
  }
  const ring: Ring = { list: [], map: new Map(), set: new Set() };
  ring.self = ring;
  ring.list.push(ring.list);
  ring.map.set(ring, ring.map);
  ring.set.add(ring);
  const copy = copyOf(ring);
  assertNotStrictEquals(copy, ring);
  assertStrictEquals(copy.self, copy);
  assertStrictEquals(copy.list[0], copy.list);
  assertStrictEquals(copy.map.get(copy), copy.map);
  assert(copy.set.has(copy));
});

Deno.test("faithfulCopy() copies a repeated object once", () => {
  const shared = { a: 1 };
  const date = new Date(0);
  const copy = copyOf({ one: shared, two: [shared], date, again: date });
  assertStrictEquals(copy.one, copy.two[0]);
  assertStrictEquals(copy.date, copy.again);
});

Deno.test("faithfulCopy() copies an error's repeated cause once", () => {
  const shared = { a: 1 };
  const copy = copyOf({ shared, error: new Error("no", { cause: shared }) });
  assertStrictEquals(copy.error.cause, copy.shared);
});

Deno.test("faithfulCopy() passes on blobs and shared memory", () => {
  for (const value of [new Blob(["x"]), new File(["x"], "name"), new SharedArrayBuffer(8)]) {
    assertStrictEquals(copyOf({ value }).value, value);
  }
  const view = new Int32Array(new SharedArrayBuffer(8));
  assertStrictEquals(copyOf(view).buffer, view.buffer);
});

Deno.test("faithfulCopy() preserves a field named __proto__", () => {
  const value = JSON.parse('{"__proto__": {"a": 1}, "b": 2}');
  const copy = copyOf(value);
  assertEquals(Object.keys(copy), ["__proto__", "b"]);
  assertStrictEquals(Object.getPrototypeOf(copy), Object.prototype);
});

Deno.test("faithfulCopy() is independent of the original", () => {
  const value = {
    list: [1],
    map: new Map([["a", [1]]]),
    date: new Date(0),
    bytes: new Uint8Array(2),
  };
  const before = structuredClone(value);
  const copy = copyOf(value);
  value.list.push(2);
  value.map.get("a")?.push(2);
  value.date.setTime(5);
  value.bytes[0] = 5;
  assertEquals(copy, before);
});
