import { assertEquals } from "@std/assert";
import { decodeItems, encodeItems, isEffects, isReport, type Item } from "../../src/wire/items.ts";

const ITEMS: readonly Item[] = [4, [5, []], { type: "running", task: 6 }];

Deno.test("decodeItems() returns the items that encodeItems() was given", () => {
  assertEquals(decodeItems(encodeItems(9, ITEMS)), { first: 9, items: ITEMS });
  for (const item of ITEMS) assertEquals(decodeItems(encodeItems(9, [item])).items, [item]);
});

Deno.test("encodeItems() makes one end without effects a message by itself", () => {
  assertEquals(encodeItems(9, [4]), 4);
  assertEquals(decodeItems(4), { first: undefined, items: [4] });
});

Deno.test("isEffects() and isReport() check the kind of an item", () => {
  assertEquals(ITEMS.map(isEffects), [false, true, false]);
  assertEquals(ITEMS.map(isReport), [false, false, true]);
});
