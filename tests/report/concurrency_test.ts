import { assertEquals } from "@std/assert";
import { maxConcurrent, steps } from "../../src/report/concurrency.ts";

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

Deno.test("steps() lists the count down to zero", () => {
  assertEquals(steps(spans([0, 10], [5, 15])), [
    { at: 0, count: 1 },
    { at: 5, count: 2 },
    { at: 10, count: 1 },
    { at: 15, count: 0 },
  ]);
});
