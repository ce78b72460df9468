import { assert } from "@std/assert";
import fc from "fast-check";
import { sameValue } from "../../src/data/same_value.ts";

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  maxDepth: 3,
});

Deno.test("sameValue() is true for a clone", () => {
  fc.assert(
    fc.property(values, (value) => {
      assert(sameValue(value, structuredClone(value)));
    }),
    { numRuns: 300 },
  );
});

Deno.test("sameValue() is symmetric", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      assert(sameValue(a, b) === sameValue(b, a));
    }),
    { numRuns: 300 },
  );
});

Deno.test("sameValue() is false for a changed part", () => {
  fc.assert(fc.property(fc.array(values, { minLength: 1 }), fc.nat(), (list, at) => {
    const changed = structuredClone(list);
    changed[at % list.length] = { something: "else entirely" };
    assert(!sameValue(list, changed));
  }));
});

/** Pairs that are alike and not the same. */
const DIFFERENT: readonly (readonly [string, unknown, unknown])[] = [
  ["zeros of either sign", 0, -0],
  ["a number and its text", 1, "1"],
  ["undefined and null", undefined, null],
  ["an absent field and an undefined one", {}, { a: undefined }],
  ["objects with different fields", { a: 1 }, { b: 1 }],
  ["an array and an object", [1], { 0: 1 }],
  ["arrays of different lengths", [1], [1, undefined]],
  ["different dates", new Date(0), new Date(1)],
  ["expressions with different flags", /a/g, /a/i],
  ["maps with different values", new Map([[1, 2]]), new Map([[1, 3]])],
  ["sets with different items", new Set([1]), new Set([2])],
  ["views of different types", Uint8Array.of(1), Int8Array.of(1)],
  ["different bytes", Uint8Array.of(1), Uint8Array.of(2)],
  ["errors with different messages", new Error("a"), new Error("b")],
  ["errors of different classes", new Error("a"), new TypeError("a")],
  ["different blobs", new Blob(["a"]), new Blob(["a"])],
  ["exceptions of different names", new DOMException("a", "b"), new DOMException("a", "c")],
  ["errors with different causes", new Error("a", { cause: 1 }), new Error("a", { cause: 2 })],
  ["boxed numbers", Object(1), Object(2)],
  ["boxed strings", Object("a"), Object("b")],
];

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`sameValue() distinguishes ${name}`, () => {
    assert(!sameValue(a, b));
    assert(!sameValue({ at: [a] }, { at: [b] }));
  });
}

Deno.test("sameValue() compares cycles", () => {
  const ring = (value: number) => {
    const first: Record<string, unknown> = { value };
    first.next = { value: 2, next: first };
    return first;
  };
  assert(sameValue(ring(1), ring(1)));
  assert(!sameValue(ring(1), ring(3)));
});
