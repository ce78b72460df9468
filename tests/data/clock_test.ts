import { assert } from "@std/assert";
import { now } from "../../src/data/clock.ts";

Deno.test("the clock tells epoch milliseconds", () => {
  const [before, told, after] = [Date.now(), now(), Date.now()];
  // Two clocks of one system may be set apart a little; days they are not.
  assert(told > before - 60_000 && told < after + 60_000);
});

Deno.test("the clock never goes back, and tells fractions", () => {
  const told = Array.from({ length: 2000 }, now);
  assert(told.every((time, i) => time >= (told[i - 1] ?? 0)));
  assert(told.some((time) => !Number.isInteger(time)));
});
