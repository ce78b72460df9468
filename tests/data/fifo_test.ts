import { assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Fifo } from "../../src/data/fifo.ts";
import { stepsOf } from "../steps.ts";

Deno.test("Fifo.shift() returns items in order", () => {
  const fifo = new Fifo<number>();
  for (let i = 0; i < 5000; i++) fifo.push(i);
  for (let i = 0; i < 5000; i++) {
    assertStrictEquals(fifo.peek(), i);
    assertStrictEquals(fifo.shift(), i);
  }
  assertEquals([fifo.size, fifo.shift(), fifo.peek()], [0, undefined, undefined]);
});

Deno.test("Fifo.drain() removes the items that Fifo.list() shows", () => {
  const fifo = new Fifo<string>();
  for (const item of ["a", "b", "c"]) fifo.push(item);
  fifo.shift();
  assertEquals(fifo.list(), ["b", "c"]);
  assertEquals(fifo.size, 2);
  assertEquals(fifo.drain(), ["b", "c"]);
  assertEquals([fifo.size, fifo.list()], [0, []]);
  fifo.push("d");
  assertEquals(fifo.shift(), "d");
});

Deno.test("Fifo.remove() removes an item once", () => {
  const fifo = new Fifo<string>();
  for (const item of ["a", "b", "c"]) fifo.push(item);
  fifo.shift();
  assertEquals([fifo.remove("b"), fifo.remove("b"), fifo.remove("a")], [true, false, false]);
  assertEquals(fifo.list(), ["c"]);
});

Deno.test("Fifo.remove() and Fifo.unshift() take amortized constant time", () => {
  const count = 20_000;
  const fifo = new Fifo<number>();
  for (let i = 0; i < count; i++) fifo.push(i);
  const removed = stepsOf(() => {
    for (let i = count - 1; i > 0; i -= 2) fifo.remove(i), fifo.push(i);
  });
  assertLess(removed, 10 * count);
  const taken = Array.from({ length: count / 2 }, () => fifo.shift() as number);
  const putBack = stepsOf(() => {
    for (const item of taken.reverse()) fifo.unshift(item);
    for (let i = 0; i < count; i++) fifo.shift(), fifo.unshift(i), fifo.unshift(-i);
  });
  assertLess(putBack, 20 * count);
  assertEquals(fifo.size, 2 * count);
});

type Action = [("push" | "unshift" | "remove"), number] | ["shift" | "drain" | "clear"];

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("push" as const), fc.nat(50)) },
  { weight: 4, arbitrary: fc.constant<Action>(["shift"]) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("remove", "unshift"), fc.nat(50)) },
  { weight: 1, arbitrary: fc.constantFrom<Action>(["drain"], ["clear"]) },
);

Deno.test("Fifo behaves like an array", () => {
  // Beyond 1024 shifts the spent half is cut off, so some start deep in.
  const start = fc.constantFrom(0, 1023, 1500);
  fc.assert(
    fc.property(start, fc.array(actions, { maxLength: 60 }), (spent, list) => {
      const fifo = new Fifo<number>();
      const array: number[] = Array.from({ length: spent + 20 }, (_, i) => i % 50);
      for (const item of array) fifo.push(item);
      for (let i = 0; i < spent; i++) assertEquals(fifo.shift(), array.shift());
      for (const [action, item = 0] of list) {
        if (action === "push") array.push(item), fifo.push(item);
        else if (action === "unshift") array.unshift(item), fifo.unshift(item);
        else if (action === "clear") array.length = 0, fifo.clear();
        else if (action === "shift") assertEquals(fifo.shift(), array.shift());
        else if (action === "drain") assertEquals(fifo.drain(), array.splice(0));
        else {
          const index = array.indexOf(item);
          assertEquals(fifo.remove(item), index >= 0);
          if (index >= 0) array.splice(index, 1);
        }
        assertEquals([fifo.size, fifo.peek(), fifo.list()], [array.length, array[0], array]);
      }
    }),
    { numRuns: 40 },
  );
});
