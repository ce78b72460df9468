import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { sameValue } from "../../src/data/same_value.ts";
import { digestOf } from "../../src/store/value_digest.ts";

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
}).map((value) => structuredClone(value));

function text(value: unknown): string {
  return digestOf(value).toHex();
}

Deno.test("digestOf() is equal for a structured clone", () => {
  fc.assert(
    fc.property(anything, (value) => assertEquals(text(structuredClone(value)), text(value))),
    { numRuns: 300 },
  );
});

Deno.test("digestOf() differs where sameValue() is false", () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      if (!sameValue(a, b)) assertNotEquals(text(a), text(b));
    }),
    { numRuns: 500 },
  );
});

Deno.test("digestOf() ignores field order but not item order", () => {
  assertEquals(text({ a: 1, b: { c: 2, d: 3 } }), text({ b: { d: 3, c: 2 }, a: 1 }));
  const different: [unknown, unknown][] = [
    [[1, 2], [2, 1]],
    [["ab"], ["a", "b"]],
    [[1, undefined], [1, ,]],
    [{ a: undefined }, {}],
    [0, -0],
    [1, "1"],
    [1n, 1],
    [new Date(1), 1],
    [Object(1), 1],
    [new Uint8Array(2), new Uint16Array(1)],
    [new Map([[1, 2]]), new Set([1, 2])],
    [Object.assign([1], { x: 1 }), [1]],
    ["\ud800", "\ud801"],
    [new TypeError("x"), new RangeError("x")],
    ["x".repeat(200_000), "x".repeat(200_001)],
  ];
  for (const [a, b] of different) assertNotEquals(text(a), text(b), Deno.inspect([a, b]));
});

Deno.test("digestOf() handles circular references", () => {
  const make = () => {
    const self: { self?: unknown; twice?: unknown } = {};
    self.self = self;
    self.twice = [self];
    return self;
  };
  assertEquals(text(make()), text(make()));
  const one = { n: 1 };
  assert(text([one, one]) === text(structuredClone([one, one])));
});

Deno.test("digestOf() digests a list by its items and the lengths of its gaps", () => {
  const list = (length: number) => {
    const list: unknown[] = [];
    list[2 ** 31] = { name: "Ada" };
    list.length = length;
    return list;
  };
  assertEquals(text(list(2 ** 31 + 1)), text(list(2 ** 31 + 1)));
  assertNotEquals(text(list(2 ** 31 + 1)), text(list(2 ** 31 + 2)));
  assertNotEquals(text(list(2 ** 31 + 1)), text(list(2 ** 32 - 1)));
});
