import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";
import { renameFields } from "../../src/graph/routes.ts";

Deno.test("renameFields() renames only the mapped fields", () => {
  const payload = { gauge: "g", level: { value: 1 }, at: 0 };
  const renamed = renameFields(payload, { gauge: "station" }) as Record<string, unknown>;
  assertEquals(renamed, { station: "g", level: { value: 1 }, at: 0 });
  assertStrictEquals(renamed.level, payload.level);
  assertEquals(Object.keys(payload), ["gauge", "level", "at"], "the payload itself is not changed");
});

Deno.test("renameFields() swaps two fields", () => {
  assertEquals(renameFields({ a: 1, b: 2 }, { a: "b", b: "a" }), { b: 1, a: 2 });
});

Deno.test("renameFields() ignores missing fields", () => {
  assertEquals(renameFields({ b: 1 }, { a: "c" }), { b: 1 });
});

Deno.test("renameFields() renames inherited names only if mapped", () => {
  assertEquals(renameFields({ toString: 1 }, { a: "b" }), { toString: 1 });
  assertEquals(renameFields({ toString: 1 }, { toString: "text" }), { text: 1 });
});

Deno.test("renameFields() returns the payload without a map", () => {
  const payload = { a: 1 };
  assertStrictEquals(renameFields(payload, undefined), payload);
});

Deno.test("renameFields() returns payloads without fields unchanged", () => {
  const whole: unknown[] = [undefined, null, 1, "text", 1n, true];
  whole.push([1, 2], new Map([["a", 1]]), new Set([1]), new Date(0), Uint8Array.of(1));
  whole.push(new Error("no"), new ArrayBuffer(1), new Blob(["x"]));
  for (const payload of whole) assertEquals(renameFields(payload, { a: "b" }), payload);
});

Deno.test("renameFields() prefers defined to undefined fields", () => {
  for (const payload of [{ a: undefined, b: 2 }, { b: 2, a: undefined }, { a: 2, b: undefined }]) {
    assertEquals(renameFields(payload, { a: "b" }), { b: 2 });
  }
});

Deno.test("renameFields() refuses to overwrite a field", () => {
  for (const payload of [{ a: 1, b: 2 }, { b: 2, a: 1 }]) {
    assertThrows(() => renameFields(payload, { a: "b" }), UncloneableValueError, "would be lost");
  }
});

Deno.test("renameFields() preserves and creates a __proto__ field", () => {
  for (const [text, map] of [['{"__proto__":1}', { a: "b" }], ['{"a":1}', { a: "__proto__" }]]) {
    const renamed = renameFields(JSON.parse(text as string), map as Record<string, string>);
    assertEquals(Object.entries(renamed as object), [["__proto__", 1]]);
    assertStrictEquals(Object.getPrototypeOf(renamed), Object.prototype);
  }
});
