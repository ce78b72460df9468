import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyLocks } from "../../src/engine/key_locks.ts";

class Bench {
  readonly locks = new KeyLocks<string>();
  readonly granted: string[] = [];

  request(owner: string, ...keys: readonly string[]): void {
    this.locks.request(owner, keys, () => this.granted.push(owner));
  }
}

Deno.test("KeyLocks.request() grants free keys at once", () => {
  const bench = new Bench();
  bench.request("a", "x");
  bench.request("b", "y", "z");
  assertEquals(bench.granted, ["a", "b"]);
});

Deno.test("KeyLocks.release() grants a key in request order", () => {
  const bench = new Bench();
  for (const owner of ["a", "b", "c"]) bench.request(owner, "x");
  assertEquals(bench.granted, ["a"]);
  bench.locks.release("a");
  assertEquals(bench.granted, ["a", "b"]);
  bench.locks.release("b");
  assertEquals(bench.granted, ["a", "b", "c"]);
});

Deno.test("KeyLocks.request() grants all keys of an owner together", () => {
  const bench = new Bench();
  bench.request("a", "x");
  bench.request("b", "x", "y");
  bench.request("c", "z");
  assertEquals(bench.granted, ["a", "c"]);
  bench.locks.release("a");
  assertEquals(bench.granted, ["a", "c", "b"]);
});

Deno.test("KeyLocks.request() never overtakes an earlier request", () => {
  const bench = new Bench();
  bench.request("a", "x");
  bench.request("b", "x", "y");
  bench.request("c", "y");
  assertEquals(bench.granted, ["a"], "b asked for y before c did");
  bench.locks.release("a");
  bench.locks.release("b");
  assertEquals(bench.granted, ["a", "b", "c"]);
});

Deno.test("KeyLocks.release() withdraws a waiting request", () => {
  const bench = new Bench();
  bench.request("a", "x");
  bench.request("b", "x", "y");
  bench.request("c", "y");
  bench.locks.release("b");
  assertEquals(bench.granted, ["a", "c"]);
  bench.locks.release("a");
  assertEquals(bench.granted, ["a", "c"]);
});

Deno.test("KeyLocks.request() avoids deadlock for opposite key orders", () => {
  const bench = new Bench();
  bench.request("a", "x", "y");
  bench.request("b", "y", "x");
  bench.locks.release("a");
  assertEquals(bench.granted, ["a", "b"]);
});

Deno.test("KeyLocks.release() ignores repeated calls and unknown owners", () => {
  const bench = new Bench();
  bench.locks.release("a");
  bench.request("a", "x");
  bench.request("b", "x");
  bench.locks.release("a");
  bench.locks.release("a");
  assertEquals(bench.granted, ["a", "b"]);
});

Deno.test("KeyLocks.request() permits calls inside a grant", () => {
  const bench = new Bench();
  bench.request("a", "x");
  bench.locks.request("b", ["x"], () => {
    bench.granted.push("b");
    bench.locks.release("b");
    bench.request("d", "x");
  });
  bench.request("c", "x");
  bench.locks.release("a");
  bench.locks.release("c");
  assertEquals(bench.granted, ["a", "b", "c", "d"]);
});

Deno.test("KeyLocks serves every request with exclusive keys", () => {
  const keys = fc.uniqueArray(fc.constantFrom("u", "v", "w", "x"), { minLength: 1 });
  const order = fc.infiniteStream(fc.nat());
  fc.assert(fc.property(fc.array(keys, { maxLength: 12 }), order, (wanted, choices) => {
    const locks = new KeyLocks<number>();
    const holding = new Map<number, readonly string[]>();
    let ended = 0;
    const check = () => {
      const held = [...holding.values()].flat();
      assertEquals(new Set(held).size, held.length, "a key has two holders");
    };
    wanted.forEach((keys, owner) => {
      locks.request(owner, keys, () => holding.set(owner, keys));
      check();
    });
    for (; holding.size > 0; ended++) {
      const owners = [...holding.keys()];
      const owner = owners[(choices.next().value ?? 0) % owners.length] ?? -1;
      holding.delete(owner);
      locks.release(owner);
      check();
    }
    assert(ended === wanted.length, `${wanted.length - ended} were never granted`);
  }));
});
