import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { digestOf } from "../../src/data/digest.ts";
import { sameValue } from "../../src/data/same_value.ts";
import { walkList } from "../../src/data/walk_list.ts";

/** What a walk through a list comes by. */
function partsOf(list: readonly unknown[]): unknown[] {
  const parts: unknown[] = [];
  walkList(list, {
    item: (item, index) => void parts.push([index, item]),
    gap: (length) => void parts.push(length),
  });
  return parts;
}

/** The same, index by index. */
function partsByIndex(list: readonly unknown[]): unknown[] {
  const parts: unknown[] = [];
  let gaps = 0;
  for (let i = 0; i < list.length; i++) {
    if (!Object.hasOwn(list, i)) gaps++;
    else {
      if (gaps > 0) parts.push(gaps);
      parts.push([i, list[i]]);
      gaps = 0;
    }
  }
  if (gaps > 0) parts.push(gaps);
  return parts;
}

/** Lists with short gaps, long ones, and gaps at the end. */
const lists = fc.tuple(
  fc.array(fc.tuple(fc.oneof(fc.nat(3), fc.nat(3_000)), fc.constantFrom(undefined, 1, "a"))),
  fc.nat(2_000),
).map(([steps, end]) => {
  const list: unknown[] = [];
  for (const [gap, item] of steps) list[list.length + gap] = item;
  list.length += end;
  return list;
});

Deno.test("walkList() comes by every item and every gap, in order", () => {
  fc.assert(fc.property(lists, (list) => assertEquals(partsOf(list), partsByIndex(list))));
});

Deno.test("walkList() ends at the item that says so, and passes by fields", () => {
  const list = Object.assign([1, 2, 3], { note: "x" });
  const seen: unknown[] = [];
  assert(walkList(list, { item: (item) => seen.push(item) === 2 }));
  assertEquals(seen, [1, 2]);
  const far: unknown[] = [];
  far[2 ** 31] = "far";
  assertEquals(partsOf(Object.assign(far, { note: "x" })), [2 ** 31, [2 ** 31, "far"]]);
});

Deno.test("walkList() makes no text of each index of a list with few gaps", () => {
  const { keys } = Object;
  const list: unknown[] = Array.from({ length: 50_000 }, (_, i) => i);
  for (let i = 0; i < 20_000; i++) delete list[2 * i + 1];
  Object.keys = () => {
    throw new Error("the keys of a list were listed");
  };
  try {
    partsOf(list);
  } finally {
    Object.keys = keys;
  }
});

Deno.test("digestOf() and sameValue() compare lists by their items and their length", () => {
  const list = (length: number) => {
    const list: unknown[] = [];
    list[2 ** 31] = { name: "Ada" };
    list.length = length;
    return list;
  };
  const [length, other] = [2 ** 31 + 1, 2 ** 32 - 1];
  assertEquals(digestOf(list(length)), digestOf(list(length)));
  assert(digestOf(list(length)) !== digestOf(list(other)));
  assert(sameValue(list(length), list(length)));
  assert(!sameValue(list(length), list(other)));
  // deno-lint-ignore no-sparse-arrays
  assert(!sameValue([1], [1, ,]));
});
