import { assert, assertEquals } from "@std/assert";
import { progressOf } from "../../src/run/progress_of.ts";

const textOf = (data: unknown) => progressOf("r", data).text;

Deno.test("progressOf() describes the data in one line", () => {
  assertEquals(textOf({ done: 1, total: 10 }), "{ done: 1, total: 10 }");
  assertEquals(textOf("reading\n\tpage 2"), "reading page 2");
  assertEquals(textOf(new RangeError("a\nb")), "RangeError: a b");
  assertEquals(
    textOf({ "a\n": ["x\n", 1n, null, undefined] }),
    '{ "a\\n": [ "x\\n", 1n, null, undefined ] }',
  );
  assertEquals(textOf(new Map([["a", new Set([1])]])), 'Map(1) { "a" => Set(1) { 1 } }');
  assertEquals(textOf({ a: { b: { c: { d: {} } }, e: [] } }), "{ a: { b: {…}, e: [] } }");
  assertEquals(
    textOf([new Date(0), new Uint8Array(3)]),
    '[ "1970-01-01T00:00:00.000Z", Uint8Array ]',
  );
});

Deno.test("progressOf() finds the completed part", () => {
  const fractionOf = (data: unknown) => progressOf("r", data).fraction;
  assertEquals([0.5, 7, "x", null].map(fractionOf), [0.5, undefined, undefined, undefined]);
  assertEquals(fractionOf({ done: 1, total: 4 }), 0.25);
  assertEquals(fractionOf({ percent: 250 }), 1);
  assertEquals(fractionOf({ done: 1, total: 0 }), undefined);
});

Deno.test("progressOf() reads only the first parts of the data", () => {
  let read = 0;
  const counted = (depth: number): object =>
    new Proxy(Array.from({ length: 1_000 }), {
      get(target, key, receiver) {
        if (typeof key !== "string" || !/^\d+$/.test(key)) {
          return Reflect.get(target, key, receiver);
        }
        read++;
        return depth === 0 ? 1 : counted(depth - 1);
      },
    });
  assert(textOf(counted(4)).length <= 200);
  assert(read < 2_000, `${read} parts were read`);
  assertEquals(
    textOf(Array.from({ length: 100 }, (_, i) => i)),
    "[ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 90 more ]",
  );
});
