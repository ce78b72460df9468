import { assert, assertEquals } from "@std/assert";
import { after } from "../../src/data/timer.ts";

Deno.test("a delay that no timer takes makes no timer, instead of one that fires at once", () => {
  assertEquals(after(Infinity, () => {}), undefined);
  assertEquals(after(2 ** 31, () => {}), undefined);
});

Deno.test("a delay that a timer takes calls back", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  assert(after(0, resolve) !== undefined);
  await promise;
});
