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

Deno.test("a value is the same as its clone", () => {
  fc.assert(
    fc.property(values, (value) => {
      assert(sameValue(value, structuredClone(value)));
    }),
    { numRuns: 300 },
  );
});

Deno.test("it does not matter which comes first", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      assert(sameValue(a, b) === sameValue(b, a));
    }),
    { numRuns: 300 },
  );
});

Deno.test("a value with one part changed is another one", () => {
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
  ["nothing and null", undefined, null],
  ["an absent field and an undefined one", {}, { a: undefined }],
  ["another field", { a: 1 }, { b: 1 }],
  ["an array and an object", [1], { 0: 1 }],
  ["a longer array", [1], [1, undefined]],
  ["another date", new Date(0), new Date(1)],
  ["an expression with other flags", /a/g, /a/i],
  ["a map with another value", new Map([[1, 2]]), new Map([[1, 3]])],
  ["a set with another item", new Set([1]), new Set([2])],
  ["views of another type", Uint8Array.of(1), Int8Array.of(1)],
  ["other bytes", Uint8Array.of(1), Uint8Array.of(2)],
  ["errors with another message", new Error("a"), new Error("b")],
  ["errors of another class", new Error("a"), new TypeError("a")],
  ["what nobody can look into", new Blob(["a"]), new Blob(["a"])],
  ["exceptions of another name", new DOMException("a", "b"), new DOMException("a", "c")],
  ["errors with another cause", new Error("a", { cause: 1 }), new Error("a", { cause: 2 })],
  ["boxed numbers", Object(1), Object(2)],
  ["boxed texts", Object("a"), Object("b")],
];

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`${name} are not the same`, () => {
    assert(!sameValue(a, b));
    assert(!sameValue({ at: [a] }, { at: [b] }));
  });
}

Deno.test("cycles are compared to their end", () => {
  const ring = (value: number) => {
    const first: Record<string, unknown> = { value };
    first.next = { value: 2, next: first };
    return first;
  };
  assert(sameValue(ring(1), ring(1)));
  assert(!sameValue(ring(1), ring(3)));
});
