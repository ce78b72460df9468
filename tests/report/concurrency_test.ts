import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { maxConcurrent } from "../../src/report/concurrency.ts";

const spans = (...times: [startedAt: number, endedAt: number][]) =>
  times.map(([startedAt, endedAt]) => ({ startedAt, endedAt }));

Deno.test("maxConcurrent() is 0 without spans", () => {
  assertEquals(maxConcurrent([]), 0);
});

Deno.test("maxConcurrent() counts overlapping spans in any order", () => {
  assertEquals(maxConcurrent(spans([20, 40], [0, 30], [25, 27], [50, 60])), 3);
});

Deno.test("maxConcurrent() does not count adjacent spans together", () => {
  assertEquals(maxConcurrent(spans([0, 10], [10, 20], [20, 30])), 1);
});

Deno.test("maxConcurrent() counts a span of no length", () => {
  assertEquals(maxConcurrent(spans([10, 10])), 1);
  assertEquals(maxConcurrent(spans([0, 20], [10, 10])), 2);
});

Deno.test("maxConcurrent() is the largest count at a moment", () => {
  const some = fc.array(
    fc.tuple(fc.nat(12), fc.nat(6)).map(([start, length]): [number, number] => {
      return [start, start + length];
    }),
  );
  fc.assert(fc.property(some, (times) => {
    const counts = times.map(([at]) =>
      times.filter(([start, end]) => start <= at && (at < end || start === at)).length
    );
    assertEquals(maxConcurrent(spans(...times)), Math.max(0, ...counts));
  }));
});
