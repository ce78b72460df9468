import { assertEquals } from "@std/assert";
import {
  EFFECT_NAMES,
  hasEffects,
  isNone,
  mergeEffects,
  visitEffects,
} from "../../src/routine/effect_parts.ts";
import { type Effects, NO_EFFECTS } from "../../src/routine/effects.ts";

const FULL: Effects = {
  emits: [{ event: "out", payload: 1, timestamp: 1 }],
  sharedData: [{ key: "a", value: 2 }, { key: "b", deleted: true }],
  sharedLog: [{ data: 3, timestamp: 2 }],
  routineState: { next: 4 },
  waits: [{ signal: "go", slot: "in" }],
};

Deno.test("hasEffects() finds each part of effects", () => {
  assertEquals(hasEffects(NO_EFFECTS), false);
  for (const name of EFFECT_NAMES) {
    assertEquals(hasEffects({ ...NO_EFFECTS, [name]: FULL[name] }), true, name);
    assertEquals(isNone(FULL, name), false, name);
  }
});

Deno.test("visitEffects() names each value of a user", () => {
  const visited: unknown[] = [];
  visitEffects(FULL, (value, what) => visited.push([what, value]));
  assertEquals(visited, [
    ['payload of "out"', 1],
    ["sharedData.a", 2],
    ["sharedLog entry", 3],
    ["routineState", { next: 4 }],
  ]);
});

Deno.test("mergeEffects() preserves the order of commits and the last write to a key", () => {
  const later: Effects = {
    emits: [{ event: "out", payload: 5, timestamp: 3 }],
    sharedData: [{ key: "b", value: 6 }],
    sharedLog: [],
    routineState: { last: 7 },
  };
  assertEquals(mergeEffects([FULL, NO_EFFECTS, later]), {
    emits: [...FULL.emits, ...later.emits],
    sharedData: [{ key: "a", value: 2 }, { key: "b", value: 6 }],
    sharedLog: FULL.sharedLog,
    routineState: { next: 4, last: 7 },
    waits: FULL.waits,
  });
  assertEquals(mergeEffects([NO_EFFECTS, NO_EFFECTS]), NO_EFFECTS);
});
