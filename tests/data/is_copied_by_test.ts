import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { isCopiedBy } from "../../src/data/is_copied_by.ts";

function copyOf(value: object): object {
  return faithfulCopy(value, "value") as object;
}

const { tree } = fc.letrec<{ readonly tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>(undefined, null, 0, -0, 1, NaN, "", "a", true, 1n),
    fc.array(tie("tree"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "1", "__proto__"), tie("tree"), {
      noNullPrototype: true,
      maxKeys: 2,
    }),
  ),
}));
const value = fc.record({ a: tree, b: tree }, { requiredKeys: [], noNullPrototype: true });

/** Returns all that can be seen of plain data, in its order. */
function shown(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : [value];
  const fields = Object.keys(value).map((key) => [key, shown(Reflect.get(value, key))]);
  return { list: Array.isArray(value) && value.length, fields };
}

Deno.test("isCopiedBy() compares plain data with its copy and with other copies", () => {
  fc.assert(fc.property(value, value, (one, other) => {
    assert(isCopiedBy(one, copyOf(one)));
    const isSame = Deno.inspect(shown(one), DEEP) === Deno.inspect(shown(other), DEEP);
    assertEquals(isCopiedBy(one, copyOf(other)), isSame);
  }));
});

const DEEP: Deno.InspectOptions = { depth: Infinity, strAbbreviateSize: Infinity };

Deno.test("isCopiedBy() sees changes at any level", () => {
  const value = { a: 1, b: { c: [1, { d: "x" }] } };
  const copy = copyOf(value);
  assert(isCopiedBy(value, copy));
  value.b.c[1] = { d: "y" };
  assertFalse(isCopiedBy(value, copy));
});

const shared = {};
const cyclic: { self?: object } = {};
cyclic.self = cyclic;
const gap = [1, , 3]; // deno-lint-ignore-line no-sparse-arrays

/** Values with a copy that is like them for a careless look. */
const UNLIKE: Readonly<Record<string, readonly [value: object, copied: object]>> = {
  "another order of the fields": [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  "a field that is missing": [{ a: 1 }, { a: 1, b: undefined }],
  "another field without a value": [{ a: undefined }, { b: undefined }],
  "the other zero": [{ a: 0 }, { a: -0 }],
  "a longer list": [{ a: [1] }, { a: [1, ,] }], // deno-lint-ignore-line no-sparse-arrays
  "a gap": [{ a: gap }, { a: [1, undefined, 3] }],
  "a list in place of an object": [{ a: [1] }, { a: { 0: 1 } }],
  "an object that occurs twice": [{ a: shared, b: shared }, { a: {}, b: {} }],
  "one that occurred twice": [{ a: {}, b: {} }, { a: shared, b: shared }],
};

for (const [what, [value, copied]] of Object.entries(UNLIKE)) {
  Deno.test(`isCopiedBy() sees ${what}`, () => {
    assertFalse(isCopiedBy(value, copyOf(copied)));
    assertFalse(isCopiedBy(copied, copyOf(value)));
  });
}

/** Values that are always copied, or refused. */
const OTHERS: Readonly<Record<string, object>> = {
  "a cycle": cyclic,
  "a field that is a symbol": { a: 1, [Symbol("b")]: 2 },
  "a symbol of a part": { a: Object.assign([], { [Symbol("b")]: 2 }) },
  "a function": { a: () => {} },
  "a date": { a: new Date(0) },
  "a map": { a: new Map() },
  "an instance of a class": { a: new (class A {})() },
  "an object without a prototype": { a: Object.create(null) },
  "a long list": { a: Array(65).fill(0) },
  "many objects": { a: Array.from({ length: 16 }, () => ({})) },
};

for (const [what, value] of Object.entries(OTHERS)) {
  Deno.test(`isCopiedBy() leaves ${what} to the copy`, () => {
    const cloned = { a: (value as { a: unknown }).a };
    assertFalse(isCopiedBy(value, value));
    assertFalse(isCopiedBy(value, cloned));
  });
}
