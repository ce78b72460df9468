import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

class Point {
  x = 1;
}
class Celsius extends Date {}
class Failure extends Error {}

function refusalOf(value: unknown): UncloneableValueError {
  return assertThrows(() => faithfulCopy(value, "payload"), UncloneableValueError);
}

/** Values that structured clone throws on, or changes silently. */
const REFUSED: Readonly<Record<string, unknown>> = {
  "a function": () => 1,
  "a class": Point,
  "a symbol": Symbol("s"),
  "a boxed symbol": Object(Symbol("s")),
  "an instance of a class": new Point(),
  "an instance of a Date subclass": new Celsius(),
  "an instance of an Array subclass": new (class List extends Array {})(),
  "an error of a custom class": new Failure("no"),
  "an AggregateError": new AggregateError([new Error("a")]),
  "an object that inherits fields": Object.create({ a: 1 }),
  "a URL": new URL("file:///a"),
  "URLSearchParams": new URLSearchParams("a=1"),
  "an AbortSignal": new AbortController().signal,
  "an AbortController": new AbortController(),
  "Headers": new Headers({ a: "b" }),
  "a Request": new Request("http://localhost"),
  "a Response": new Response("x"),
  "FormData": new FormData(),
  "a promise": Promise.resolve(),
  "a weak map": new WeakMap(),
  "a weak set": new WeakSet(),
  "a weak reference": new WeakRef({}),
  "an Event": new Event("x"),
  "an unmoved stream": new ReadableStream(),
  "an unmoved port": new MessageChannel().port1,
  "a proxy of a function": new Proxy(() => 1, {}),
  "a generator": (function* () {})(),
  "an iterator": [1].values(),
  "a text encoder": new TextEncoder(),
};

for (const [name, value] of Object.entries(REFUSED)) {
  Deno.test(`faithfulCopy() throws on ${name} anywhere`, () => {
    const places: Readonly<Record<string, unknown>> = {
      "payload": value,
      "payload.a": { a: value },
      "payload[1]": [0, value],
      "payload.a[0].b": { a: [{ b: value }] },
      "payload[k]": new Map([["k", value]]),
      "payload[0]": new Set([value]),
      "payload.cause": new Error("no", { cause: value }),
    };
    for (const [path, place] of Object.entries(places)) assertEquals(refusalOf(place).path, path);
  });
}

Deno.test("UncloneableValueError.path quotes keys as in code", () => {
  const f = () => 1;
  assertEquals(refusalOf({ "a b": f }).path, 'payload["a b"]');
  assertEquals(refusalOf({ "1a": f }).path, 'payload["1a"]');
  assertEquals(refusalOf({ "": f }).path, 'payload[""]');
  assertEquals(refusalOf({ größe: { $: { _1: f } } }).path, "payload.größe.$._1");
  assertEquals(refusalOf({ "[x]": f }).path, 'payload["[x]"]');
});

Deno.test("UncloneableValueError.path shows the index of an item", () => {
  assertEquals(refusalOf([[], [() => 1]]).path, "payload[1][0]");
  // deno-lint-ignore no-sparse-arrays
  assertEquals(refusalOf([, () => 1]).path, "payload[1]");
});

Deno.test("UncloneableValueError.path distinguishes map keys from values", () => {
  assertEquals(refusalOf(new Map<unknown, unknown>([[1, { a: () => 1 }]])).path, "payload[1].a");
  assertEquals(refusalOf(new Map([[{ a: () => 1 }, 1]])).path, "payload[key].a");
  assertEquals(refusalOf(new Map([[Symbol("s"), 1]])).path, "payload[Symbol(s)]");
});

Deno.test("faithfulCopy() throws on symbol keys", () => {
  const key = Symbol("s");
  assertEquals(refusalOf({ a: { [key]: 1 } }).path, "payload.a[Symbol(s)]");
  assertEquals(refusalOf([Object.assign([1], { [key]: 1 })]).path, "payload[0][Symbol(s)]");
  // deno-lint-ignore no-sparse-arrays
  assertEquals(refusalOf([Object.assign([1, ,], { [key]: 1 })]).path, "payload[0][Symbol(s)]");
});

/** Structured clone drops the fields of these. */
const BUILT_IN: Readonly<Record<string, object>> = {
  "a map": new Map(),
  "a set": new Set(),
  "a date": new Date(),
  "a regular expression": /a/,
  "a boxed number": Object(1),
  "a boxed string": Object("text"),
  "an error": new Error("no"),
  "a buffer": new ArrayBuffer(1),
  "a blob": new Blob([]),
  "a DataView": new DataView(new ArrayBuffer(1)),
};

for (const [name, value] of Object.entries(BUILT_IN)) {
  Deno.test(`faithfulCopy() throws on a field added to ${name}`, () => {
    assertEquals(refusalOf({ at: Object.assign(value, { note: 1 }) }).path, "payload.at.note");
  });
}

Deno.test("faithfulCopy() throws on a renamed error", () => {
  const error = Object.assign(new Error("no"), { name: "Mine" });
  assertEquals(refusalOf([error]).path, "payload[0].name");
});

Deno.test("faithfulCopy() throws on a detached buffer", () => {
  const buffer = new ArrayBuffer(4);
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  assertEquals(refusalOf({ a: [buffer] }).path, "payload.a[0]");
  assertEquals(refusalOf({ view }).path, "payload.view");
});

Deno.test("faithfulCopy() throws on a view out of bounds", () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const views = [new Uint8Array(buffer, 4, 4), new DataView(buffer, 4, 4)];
  buffer.resize(2);
  for (const view of views) assertEquals(refusalOf({ view }).path, "payload.view");
});

Deno.test("UncloneableValueError.message gives the path and a fix", () => {
  assertMatch(refusalOf({ at: new URL("file:///a") }).message, /^payload\.at is .*URL.*; send /);
  assertMatch(refusalOf({ at: () => 1 }).message, /^payload\.at is a function.*; send /);
  assertMatch(refusalOf({ at: new Point() }).message, /^payload\.at is .*Point.*; send /);
});
