import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Durations } from "../../src/run/durations.ts";
import { EndRate } from "../../src/run/end_rate.ts";

Deno.test("Durations.quantile() is exact to five percent", () => {
  const duration = fc.double({ min: 0.001, max: 1e8, noNaN: true });
  fc.assert(fc.property(
    fc.array(duration, { minLength: 1 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (list, part) => {
      const durations = new Durations();
      for (const one of list) durations.add(one);
      const sorted = list.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(part * list.length) - 1)] as number;
      const found = durations.quantile(part) as number;
      assert(Math.abs(found - exact) <= exact * 0.05 + 0.001, `${found} for ${exact}`);
      assertEquals(durations.max, sorted.at(-1));
      assertEquals(durations.count, list.length);
    },
  ));
});

Deno.test("Durations takes a negative duration for 0 and has no quantile without any", () => {
  const durations = new Durations();
  assertEquals([durations.quantile(0.5), durations.max], [undefined, undefined]);
  durations.add(-5);
  assertEquals([durations.quantile(0.5), durations.max, durations.sum], [0, 0, 0]);
});

Deno.test("EndRate.perSecond() counts the ends of the last five seconds", () => {
  const rate = new EndRate();
  for (let at = 0; at < 10_000; at += 10) rate.add(at);
  assertEquals(rate.perSecond(9_999, 0), 100);
  assertEquals(rate.perSecond(12_499, 0), 50);
  assertEquals(rate.perSecond(60_000, 0), 0);
});

Deno.test("EndRate.perSecond() divides by the length of a shorter run", () => {
  const rate = new EndRate();
  for (let at = 100_000; at < 101_000; at += 10) rate.add(at);
  assertEquals(rate.perSecond(101_000, 100_000), 100);
});
