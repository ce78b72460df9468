import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonable } from "../../src/data/jsonable.ts";

Deno.test("jsonable() returns JSON values unchanged", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(JSON.stringify(jsonable(value)), JSON.stringify(value));
  }));
});

Deno.test("jsonable() represents values that JSON lacks", () => {
  const shown: readonly (readonly [unknown, unknown])[] = [
    [12n, "12"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "Invalid Date"],
    [/a+/g, "/a+/g"],
    [new Map<unknown, unknown>([["a", 1n], [{ k: 1 }, new Set([2])]]), [["a", "1"], [{ k: 1 }, [
      2,
    ]]]],
    [new Set([1, [2n]]), [1, ["2"]]],
    [Uint8Array.of(1, 2), [1, 2]],
    [BigInt64Array.of(1n), ["1"]],
    [Float32Array.of(NaN, 0.5), ["NaN", 0.5]],
    [Uint8Array.of(1, 2).buffer, [1, 2]],
    [new DataView(Uint8Array.of(1, 2, 3).buffer, 1), [2, 3]],
    [new RangeError("no"), { name: "RangeError", message: "no" }],
    [new DOMException("no", "AbortError"), { name: "AbortError", message: "no" }],
    [new SharedArrayBuffer(1), "[SharedArrayBuffer]"],
    [new Blob(["a"]), "[Blob]"],
    [new WebAssembly.Memory({ initial: 1 }), "[Memory]"],
    [Object(1n), "1"],
    [Object(2), 2],
    [Object(""), ""],
    [Object.create(null), {}],
  ];
  for (const [value, expected] of shown) {
    assertEquals(jsonable(value), expected);
    assertEquals(jsonable({ at: [value] }), { at: [expected] });
  }
});

Deno.test("jsonable() cuts cycles", () => {
  const ring: Record<string, unknown> = { a: 1 };
  ring.list = [ring, new Map([["ring", ring]])];
  assertEquals(jsonable(ring), { a: 1, list: ["[Circular]", [["ring", "[Circular]"]]] });
});

Deno.test("jsonable() repeats shared values", () => {
  const shared = { a: 1 };
  assertEquals(jsonable([shared, { shared }]), [{ a: 1 }, { shared: { a: 1 } }]);
});

Deno.test("jsonable() returns JSON for any value", () => {
  const options = {
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  };
  fc.assert(fc.property(fc.anything(options), (value) => {
    JSON.stringify(jsonable(value));
  }));
});

Deno.test("jsonable() limits the number of repeated objects", () => {
  let value: unknown = 1;
  for (let level = 0; level < 200; level++) value = { x: value, y: value };
  const text = JSON.stringify(jsonable({ value, bytes: [new Uint8Array(3), value] }));
  assert(text.includes('"[Repeated]"'));
  assert(text.length < 1_000_000);
  const list = [1, 2, 3];
  const once = jsonable(Array.from({ length: 100_000 }, () => list)) as unknown[];
  assertEquals([once[0], once[1], once.at(-1)], [list, list, "[Repeated]"]);
});

Deno.test("jsonable() shows a gap in a list as JSON does, and a long one as a text", () => {
  // deno-lint-ignore no-sparse-arrays
  assertEquals(JSON.stringify(jsonable([1, , 3, ,])), "[1,null,3,null]");
  const list: unknown[] = [];
  list[4_000_000_000] = { name: "Ada" };
  list.length++;
  assertEquals(jsonable({ list }), {
    list: ["[4000000000 empty items]", { name: "Ada" }, null],
  });
});
