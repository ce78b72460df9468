import { assertEquals, assertStrictEquals } from "@std/assert";
import { cloneable } from "../../src/data/cloneable.ts";

Deno.test("cloneable() copies cloneable values whole", () => {
  const value = { code: 7, at: new Date(5), list: [1n, new Map([["a", { b: 1 }]])] };
  assertEquals(cloneable(value), value);
  for (const plain of [5, "a", null, undefined, 7n, true]) {
    assertStrictEquals(cloneable(plain), plain);
  }
});

Deno.test("cloneable() replaces uncloneable values by text", () => {
  class Point {
    x = 1;
  }
  const value = {
    code: 7,
    url: new URL("http://localhost/"),
    deep: { list: [1, Symbol("s"), { bytes: Uint8Array.of(1) }], at: new Date(5) },
    point: new Point(),
    nothing: undefined,
  };
  assertEquals(cloneable(value), {
    code: 7,
    url: "http://localhost/",
    deep: { list: [1, "Symbol(s)", { bytes: Uint8Array.of(1) }], at: new Date(5) },
    point: "[object Object]",
    nothing: undefined,
  });
  assertEquals(structuredClone(cloneable(value)), cloneable(value));
});

Deno.test("cloneable() handles circular and hostile values", () => {
  const circle: Record<string, unknown> = { f: () => {} };
  circle.self = circle;
  circle.twice = [circle.self, circle];
  const copy = cloneable(circle) as typeof circle;
  assertStrictEquals(copy.self, copy);
  assertStrictEquals((copy.twice as unknown[])[1], copy);

  let deep: unknown = Symbol("bottom");
  for (let i = 0; i < 10_000; i++) deep = { deep };
  structuredClone(cloneable(deep));

  const hostile = {
    get bad() {
      throw new Error("not now");
    },
    f: () => {},
  };
  assertEquals((cloneable(hostile) as typeof hostile).bad, "Error: not now" as never);
  const odd = JSON.parse('{ "__proto__": 1, "constructor": 2 }');
  odd.f = Symbol("s");
  assertEquals(Object.keys(cloneable(odd) as object), ["__proto__", "constructor", "f"]);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  assertEquals(typeof (cloneable({ proxy: revoked.proxy }) as { proxy: unknown }).proxy, "string");
});
