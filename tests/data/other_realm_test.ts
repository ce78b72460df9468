import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import vm from "node:vm";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { reviveError, serializeError } from "../../src/data/serialized_error.ts";
import { isError } from "../../src/errors/is_error.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

/** Runs a script in a realm of its own. */
function foreign(script: string): object {
  return vm.runInNewContext(`(${script})`);
}

function copyOf(script: string): object {
  return faithfulCopy(foreign(script), "payload") as object;
}

/** Scripts, and what their value is in this realm. */
const VALUES: Readonly<Record<string, object>> = {
  "{ a: 1, b: { c: [null, undefined] } }": { a: 1, b: { c: [null, undefined] } },
  "[1, { a: 'b' }, [2]]": [1, { a: "b" }, [2]],
  "[1, , 3]": [1, , 3], // deno-lint-ignore-line no-sparse-arrays
  "Object.assign([1], { note: 'x' })": Object.assign([1], { note: "x" }),
  "new Map([[1, { a: 2 }]])": new Map([[1, { a: 2 }]]),
  "new Set([1, [2]])": new Set([1, [2]]),
  "new Date(5)": new Date(5),
  "/a+/gi": /a+/gi,
  "Object(1)": Object(1),
  "Object('ab')": Object("ab"),
  "Object(1n)": Object(1n),
  "new Uint8Array([1, 2, 3]).subarray(1)": Uint8Array.of(2, 3),
  "new Float64Array([0.5])": Float64Array.of(0.5),
  "new Uint8Array([1, 2]).buffer": Uint8Array.of(1, 2).buffer,
  "new ArrayBuffer(2, { maxByteLength: 4 })": new ArrayBuffer(2, { maxByteLength: 4 }),
  "new DataView(new ArrayBuffer(4), 1, 2)": new DataView(new ArrayBuffer(4), 1, 2),
  "new DataView(new ArrayBuffer(4, { maxByteLength: 8 }), 1)": new DataView(
    new ArrayBuffer(4, { maxByteLength: 8 }),
    1,
  ),
  "new SharedArrayBuffer(4)": new SharedArrayBuffer(4),
  "new Int32Array(new SharedArrayBuffer(4))": new Int32Array(new SharedArrayBuffer(4)),
};

for (const [i, [script, expected]] of Object.entries(VALUES).entries()) {
  Deno.test(`faithfulCopy() copies a foreign ${expected.constructor.name} (${i})`, () => {
    const copy = copyOf(script);
    assertStrictEquals(Object.getPrototypeOf(copy), Object.getPrototypeOf(expected));
    assertEquals(copy, expected);
    const { inner } = faithfulCopy({ inner: [foreign(script)] }, "payload") as { inner: object[] };
    assertEquals(inner, [expected]);
  });
}

Deno.test("faithfulCopy() preserves references within a foreign value", () => {
  const copy = copyOf("(() => { const a = { list: [] }; a.list.push(a, a.list); return a; })()");
  const { list } = copy as { list: unknown[] };
  assertStrictEquals(list[0], copy);
  assertStrictEquals(list[1], list);
  const views = copyOf(
    "(() => { const a = new Uint8Array(4); return [a, new Uint16Array(a.buffer)]; })()",
  );
  const [one, other] = views as [Uint8Array, Uint16Array];
  assertStrictEquals(one.buffer, other.buffer);
});

Deno.test("faithfulCopy() leaves foreign shared memory shared", () => {
  const view = foreign("new Int32Array(new SharedArrayBuffer(4))") as Int32Array;
  const copy = faithfulCopy(view, "payload") as Int32Array;
  Atomics.store(copy, 0, 5);
  assertEquals(view[0], 5);
});

Deno.test("faithfulCopy() preserves a foreign error", () => {
  const error = foreign("new TypeError('no', { cause: new RangeError('deep') })") as Error;
  const copy = faithfulCopy(error, "payload") as Error;
  assertInstanceOf(copy, TypeError);
  assertInstanceOf(copy.cause, RangeError);
  assertEquals([copy.message, copy.stack, copy.cause.message], ["no", error.stack, "deep"]);
});

Deno.test("faithfulCopy() throws on uncloneable foreign values", () => {
  const refused: Readonly<Record<string, string>> = {
    "{ a: [() => 1] }": "payload.a[0]",
    "{ a: Symbol('s') }": "payload.a",
    "{ a: new (class Point {})() }": "payload.a",
    "[new (class List extends Array {})()]": "payload[0]",
    "{ a: Object.create({ b: 1 }) }": "payload.a",
    "{ a: Object.create(Object.assign(Object.create(null), { b: 1 })) }": "payload.a",
    "{ a: Object.create(Map.prototype) }": "payload.a",
    "{ a: new WeakMap() }": "payload.a",
    "Object.assign(new Map(), { note: 1 })": "payload.note",
    "new (class Failure extends Error {})('no')": "payload",
    "{ a: class Object {} }": "payload.a",
    "{ a: new (class Object {})() }": "payload.a",
  };
  for (const [script, path] of Object.entries(refused)) {
    const error = assertThrows(() => copyOf(script), UncloneableValueError, undefined, script);
    assertEquals(error.path, path, script);
  }
});

/** An error of another realm as it arrives from another thread. */
function sent(script: string): Error & Record<string, unknown> {
  const data = structuredClone(serializeError(foreign(script)));
  return reviveError(data) as Error & Record<string, unknown>;
}

Deno.test("serializeError() preserves a foreign error", () => {
  const arrived = sent(`Object.assign(
    new TypeError("bad input", { cause: Object.assign(new RangeError("deep"), { code: 3 }) }),
    { code: "E_INPUT", details: { list: [1] } },
  )`);
  assertInstanceOf(arrived, TypeError);
  assertEquals([arrived.name, arrived.message], ["TypeError", "bad input"]);
  assertEquals([arrived.code, arrived.details], ["E_INPUT", { list: [1] }]);
  assert(arrived.stack?.includes("evalmachine"), arrived.stack);
  assertInstanceOf(arrived.cause, RangeError);
  assertEquals([arrived.cause.message, (arrived.cause as { code?: number }).code], ["deep", 3]);
});

Deno.test("serializeError() preserves errors within a foreign error", () => {
  const aggregate = sent("new AggregateError([new TypeError('a')], 'both')");
  assertInstanceOf(aggregate, AggregateError);
  assertEquals(aggregate.errors.map(String), ["TypeError: a"]);
  const suppressed = sent("new SuppressedError(new TypeError('a'), new RangeError('b'), 'c')");
  assertInstanceOf(suppressed, SuppressedError);
  assertEquals([suppressed.error, suppressed.suppressed].map(String), [
    "TypeError: a",
    "RangeError: b",
  ]);
});

Deno.test("isError() recognizes errors of any realm", () => {
  const errors = [
    new Error(),
    new DOMException(),
    new (class Own extends TypeError {})(),
    Object.create(Error.prototype),
    new Proxy(new Error(), {}),
    foreign("new Error()"),
    foreign("new (class Own extends RangeError {})()"),
    foreign("Object.create(TypeError.prototype)"),
  ];
  for (const error of errors) assert(isError(error), String(error));
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const endless: object = new Proxy({}, { getPrototypeOf: () => endless });
  const others = [
    ...[null, undefined, "Error", {}, [], Error, Error.prototype.toString, Object.create(null)],
    { name: "Error", message: "no", stack: "" },
    foreign("({ constructor: Error })"),
    foreign("new (class Error {})()"),
    proxy,
    endless,
  ];
  for (const other of others) assert(!isError(other), Object.prototype.toString.call(typeof other));
});
