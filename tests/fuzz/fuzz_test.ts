import { assertEquals, assertNotEquals } from "@std/assert";
import { executeRound } from "./execute_round.ts";
import { roundPlanOf } from "./round_plan.ts";

// `deno task fuzz:flow` goes on from here.
for (const seed of [1, 2, 3, 4, 5, 6]) {
  Deno.test(`Flow survives the random operations of seed ${seed}`, async () => {
    assertEquals(await executeRound(roundPlanOf(seed)), []);
  });
}

for (const seed of [11, 12, 13, 14]) {
  Deno.test(`Flow survives the random operations of seed ${seed} on an asynchronous store`, async () => {
    assertEquals(await executeRound(roundPlanOf(seed, true)), []);
  });
}

Deno.test("roundPlanOf() repeats the round of a seed", () => {
  assertEquals(roundPlanOf(7), roundPlanOf(7));
  assertNotEquals(roundPlanOf(7), roundPlanOf(8));
});
