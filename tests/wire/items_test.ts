import { assertEquals } from "@std/assert";
import {
  decodeItems,
  encodeItems,
  encodeStep,
  isEffects,
  isReport,
  type Item,
  readItems,
} from "../../src/wire/items.ts";

const ITEMS: readonly Item[] = [4, [5, []], { type: "running", task: 6 }];

Deno.test("decodeItems() returns the items that encodeItems() was given", () => {
  assertEquals(decodeItems(encodeItems(9, ITEMS)), { first: 9, items: ITEMS });
  for (const item of ITEMS) assertEquals(decodeItems(encodeItems(9, [item])).items, [item]);
});

Deno.test("encodeItems() sends a single emit without a list", () => {
  const items: Item[] = [4, [5, "output", "first", 1], [6, "output", undefined, 2]];
  const message = encodeItems(9, items);
  assertEquals(message, [9, 4, ~5, "output", "first", 1, ~6, "output", undefined, 2]);
  assertEquals(decodeItems(message), { first: 9, items });
});

Deno.test("readItems() passes on the items in their order", () => {
  const read = (items: readonly Item[]) => {
    const found: unknown[] = [];
    const message = encodeItems(9, items);
    readItems(message, {
      ended: (task, { emits }) => found.push([task, emits]),
      stepped: (task, startedAt, endedAt, { emits }) =>
        found.push([task, startedAt, endedAt, emits]),
      reported: (report) => found.push(report),
    });
    return found;
  };
  const emit = (payload: unknown, timestamp: number) => ({ event: "output", payload, timestamp });
  assertEquals(read(ITEMS), [[4, []], [5, []], ITEMS[2]]);
  assertEquals(read([4]), [[4, []]]);
  const many: Item = [7, [["output", 2, 3], ["output", 4, 5]]];
  assertEquals(read([[0, "output", [1], 2], many, 0]), [
    [0, [emit([1], 2)]],
    [7, [emit(2, 3), emit(4, 5)]],
    [0, []],
  ]);
  const steps = [
    encodeStep([0, "output", [1], 2], 3, 4),
    encodeStep([7, [["output", 2, 3]], undefined, [{ data: 1, timestamp: 4 }]], 5, 6),
  ];
  assertEquals(read([...steps, [0, "output", 1, 8], 9]), [
    [0, 3, 4, [emit([1], 2)]],
    [7, 5, 6, [emit(2, 3)]],
    [0, [emit(1, 8)]],
    [9, []],
  ]);
});

Deno.test("encodeItems() makes one end without effects a message by itself", () => {
  assertEquals(encodeItems(9, [4]), 4);
  assertEquals(decodeItems(4), { first: undefined, items: [4] });
});

Deno.test("isEffects() and isReport() check the kind of an item", () => {
  assertEquals(ITEMS.map(isEffects), [false, true, false]);
  assertEquals(ITEMS.map(isReport), [false, false, true]);
});
