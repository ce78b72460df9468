import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { valueSize } from "../../src/data/value_size.ts";

const bytes = (length: number) => new Uint8Array(length);

Deno.test("valueSize() counts memory and text and parts", () => {
  const sizes: readonly (readonly [value: unknown, size: number])[] = [
    ["a".repeat(2_000), 2_000],
    [bytes(2_000), 2_000],
    [bytes(2_000).buffer, 2_000],
    [new DataView(new ArrayBuffer(2_000)), 2_000],
    [new Float64Array(500), 4_000],
    [new Blob(["a".repeat(2_000)]), 2_000],
    [{ text: "a".repeat(2_000), list: [bytes(3_000), 5] }, 5_032],
    [Array(1_000).fill(0), 8_000],
    [new Map([["key", bytes(2_000)]]), 2_019],
    [new Set(["a".repeat(2_000)]), 2_008],
    [new Map([[bytes(2_000), 1]]), 2_016],
    [Object.assign(Object.create(null), { a: bytes(2_000) }), 2_008],
  ];
  for (const [value, size] of sizes) assertEquals(valueSize(value), size, Deno.inspect(value));
});

Deno.test("valueSize() counts less than a kilobyte as nothing", () => {
  const none = [undefined, null, 5, true, 5n, "a".repeat(1_023), bytes(1_023), Array(127).fill(1)];
  for (const value of [...none, { a: { b: [1, "c"] } }, new Date(), /a/]) {
    assertEquals(valueSize(value), 0, Deno.inspect(value));
  }
});

Deno.test("valueSize() counts shared memory as nothing", () => {
  const memory = new SharedArrayBuffer(5_000);
  assertEquals([memory, new Uint8Array(memory), { memory }].map(valueSize), [0, 0, 0]);
});

Deno.test("valueSize() counts the whole memory once for all views of it", () => {
  const { buffer } = bytes(10_000);
  const views = Array.from({ length: 10 }, (_, i) => new Uint8Array(buffer, i, 10));
  assertEquals(valueSize(views), 10_080);
});

Deno.test("valueSize() counts a moved buffer as nothing", () => {
  const moved = bytes(10_000);
  structuredClone(moved, { transfer: [moved.buffer] });
  assertEquals(valueSize(moved), 0);
});

Deno.test("valueSize() counts the cause and the stack of an error", () => {
  const error = new Error("no", { cause: bytes(2_000) });
  error.stack = "a".repeat(3_000);
  assertEquals(valueSize(error), 5_016);
});

Deno.test("valueSize() ends for values that contain themselves", () => {
  interface Node {
    text: string;
    parent?: Node;
    children: Node[];
  }
  const root: Node = { text: "a".repeat(2_000), children: [] };
  for (let i = 0; i < 100; i++) {
    root.children.push({ text: "b".repeat(100), parent: root, children: [] });
  }
  assertEquals(valueSize(root), 2_016 + 100 * (8 + 124));
  const error = new Error("no");
  error.stack = "a".repeat(2_000);
  error.cause = error;
  assertEquals(valueSize(error), 2_016);
});

Deno.test("valueSize() ends for values whose parts occur again and again", () => {
  let value: unknown = "a".repeat(2_000);
  for (let i = 0; i < 60; i++) value = [value, value];
  assertEquals(valueSize(value), 60 * 16 + 2 * 2_000);
});

Deno.test("valueSize() ends for lists with billions of gaps", () => {
  const list: unknown[] = ["a".repeat(2_000)];
  list[4_000_000_000] = bytes(3_000);
  assertEquals(valueSize(list), 5_016);
});

Deno.test("valueSize() is the same for a copy and for a value in a cycle", () => {
  const values = fc.anything({ withMap: true, withSet: true, withTypedArray: true, maxDepth: 4 });
  fc.assert(fc.property(values, fc.nat(5_000), (value, length) => {
    const padded = { value: faithfulCopy(value, "value"), text: "a".repeat(1_024 + length) };
    const size = valueSize(padded);
    assertEquals(valueSize(structuredClone(padded)), size);
    assertEquals(valueSize({ padded }), size + 8);
    const cycle: Record<string, unknown> = { padded };
    cycle.self = cycle;
    assertEquals(valueSize(cycle), size + 16);
  }));
});
