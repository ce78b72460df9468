import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { valueText } from "../../src/dashboard/value_text.ts";
import { shownValue, wholeText } from "../../src/dashboard/shown_value.ts";

/** The whole text of a value. */
function text(value: unknown): string {
  return valueText(value, 1e6, 1e6).text;
}

Deno.test("valueText() writes each kind of value", () => {
  const cases: [unknown, string][] = [
    ["a\n\u001b[1m", '"a\\n\\u001b[1m"'],
    [1n, "1n"],
    [-0, "-0"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("a\n"), "Symbol(a\\n)"],
    [() => 1, "[Function]"],
    [{}, "{}"],
    [[], "[]"],
    [[1, "a", null], '[ 1, "a", null ]'],
    [{ a: 1, "b c": 2 }, '{ a: 1, "b c": 2 }'],
    [{ a: { b: 1 } }, "{\n  a: { b: 1 }\n}"],
    [[{ a: 1 }, [2]], "[\n  { a: 1 },\n  [ 2 ]\n]"],
    [new Map([["a", [1]]]), 'Map(1) {\n  "a" => [ 1 ]\n}'],
    [new Map(), "Map(0) {}"],
    [new Set(["a"]), 'Set(1) { "a" }'],
    [new Set([{}]), "Set(1) {\n  {}\n}"],
    [new Date(NaN), "Invalid Date"],
    [/a\/b/g, "/a\\/b/g"],
    [new Float64Array([1.5, -0]), "Float64Array(2) [ 1.5, -0 ]"],
    [new BigInt64Array([1n]), "BigInt64Array(1) [ 1n ]"],
    [new Uint8Array([1, 255]).buffer, "ArrayBuffer(2 bytes) <01 ff>"],
    [new DataView(new ArrayBuffer(1)), "DataView(1 bytes) <00>"],
    [Object(1), "[Number: 1]"],
    [Object("a"), '[String: "a"]'],
    [Object.create(null), "{}"],
    [
      new (class Point {
        x = 1;
      })(),
      "Point { x: 1 }",
    ],
    [Object.assign([1], { length: 3 }), "[\n  1,\n  <2 empty items>\n]"],
  ];
  for (const [value, expected] of cases) assertEquals(text(value), expected);
});

Deno.test("valueText() shows errors with their stack and fields", () => {
  const error = Object.assign(new RangeError("off\u001b", { cause: new Error("why") }), {
    code: 7,
  });
  const lines = text(error).split("\n");
  assertEquals(lines[0], "RangeError: off\\u001b");
  assert(lines[1]?.startsWith("  at "), lines[1]);
  assert(text(error).includes("code: 7") && text(error).includes("cause: Error: why"));
  assert(text(new DOMException("no", "AbortError")).startsWith("AbortError: no"));
});

Deno.test("valueText() calls no code of the value", () => {
  const calls: string[] = [];
  const value = {
    get a() {
      calls.push("getter");
      return 1;
    },
    toJSON: () => calls.push("toJSON"),
    toString: () => calls.push("toString"),
    [Symbol.for("Deno.customInspect")]: () => calls.push("inspect"),
    [Symbol.toPrimitive]: () => calls.push("primitive"),
  };
  const error = new Error("e");
  Object.defineProperty(error, "code", { get: () => calls.push("code") });
  const list = Object.defineProperty([0], 0, { get: () => calls.push("item"), enumerable: true });
  assert(text(value).includes("a: [Getter]"));
  text([error, Object.assign(new Date(0), { getTime: () => calls.push("time") })]);
  assertEquals(text(list), "[\n  [Getter]\n]");
  assertEquals(calls, []);
});

Deno.test("valueText() survives cycles and depth and revoked proxies", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assertEquals(text(cycle), "[\n  [Circular]\n]");
  let deep: unknown = 1;
  for (let i = 0; i < 5_000; i++) deep = [deep];
  assert(text(deep).includes("…"));
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(text(proxy), "[unreadable]");
  const wide = Array.from({ length: 3_000_000 }, (_, i) => i);
  const { text: start, length } = valueText(wide, 100, 1e9);
  assertEquals([start.length, length > 100], [100, true]);
  assert(text(Object.assign([], { length: 4e9 })).includes("empty items"));
});

Deno.test("valueText() counts the whole text and writes its beginning", () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withMap: true, withSet: true }),
      fc.nat(200),
      (value, max) => {
        const whole = text(value);
        const { text: start, length } = valueText(value, max, 1e6);
        assertEquals(length, whole.length);
        assert(
          whole.startsWith(start) && start.length <= max &&
            start.length >= Math.min(max, length) - 1,
        );
        // deno-lint-ignore no-control-regex
        assert(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(whole));
      },
    ),
  );
});

Deno.test("shownValue() refers to the whole text only if it is cut off", async () => {
  assertEquals(shownValue("abc", ["data", "a"]), { text: '"abc"', length: 5 });
  const { text, length, more } = shownValue("x".repeat(5_000), ["data", "\ud800"]);
  assertEquals([text.length, length, more], [3_000, 5_002, '["data","\\ud800"]']);
  assertEquals((await wholeText("x".repeat(5_000))).length, 5_002);
});

Deno.test("valueText() counts a megabyte of text without escaping it", () => {
  const long = "\ud83d\ude00\n".repeat(400_000);
  const { text: start, length } = valueText([long, long], 100, 2_000_000);
  assertEquals([start.length, length > 2_400_000], [100, true]);
  assert(text([long]).startsWith(start));
  assertEquals(valueText("x".repeat(1e6), 99, 1e5).length, 1_000_002);
});

Deno.test("valueText() shows where it has given up", async () => {
  const wide = Array.from({ length: 1_200_000 }, () => 0);
  assert((await wholeText(wide)).endsWith(",\n  …\n]"));
  assert((await wholeText(new Int8Array(1_200_000))).endsWith(" … ]"));
});

Deno.test("wholeText() lets the flow go on while it works", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const value = Array.from({ length: 300_000 }, (_, i) => ({ i }));
  const whole = await wholeText(new Map([["list", value]]));
  clearInterval(timer);
  assert(turns > 0);
  assertEquals(whole.match(/i: \d+/g)?.length, 300_000);
});
