import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { deepFreeze, isDeepFrozen } from "../../src/data/deep_freeze.ts";

Deno.test("deepFreeze() freezes nested objects and arrays", () => {
  const value = { a: { b: [{ c: 1 }] } };
  assertStrictEquals(deepFreeze(value), value);
  assert(Object.isFrozen(value.a.b) && Object.isFrozen(value.a.b[0]));
});

Deno.test("deepFreeze() leaves unfreezable values usable", () => {
  const value = deepFreeze({ bytes: Uint8Array.of(1), map: new Map([["a", 1]]), none: null });
  value.bytes[0] = 2;
  value.map.set("b", 2);
  assertEquals([value.bytes[0], value.map.size], [2, 2]);
});

Deno.test("deepFreeze() freezes circular values", () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  assert(Object.isFrozen(deepFreeze(ring)));
});

Deno.test("isDeepFrozen() detects mutable parts", () => {
  const ring: { list: unknown[]; self?: unknown } = { list: [1, "a", null] };
  ring.self = ring;
  assert(!isDeepFrozen(ring));
  assert(isDeepFrozen(deepFreeze(ring)));
  for (const open of [new Map(), new Set(), new Date(), new Uint8Array(0), /a/g, new Error()]) {
    assert(!isDeepFrozen(deepFreeze({ list: [open] })));
  }
});
