import { assertEquals } from "@std/assert";
import { maxConcurrent, steps } from "../../examples/concurrent_demo/concurrency.ts";

const spans = (...times: [startedAt: number, endedAt: number][]) =>
  times.map(([startedAt, endedAt]) => ({ startedAt, endedAt }));

Deno.test("nothing is nothing at once", () => {
  assertEquals(maxConcurrent([]), 0);
});

Deno.test("spans that overlap count together, in whatever order they are given", () => {
  assertEquals(maxConcurrent(spans([20, 40], [0, 30], [25, 27], [50, 60])), 3);
});

Deno.test("who starts at the moment that another ends is not at once with it", () => {
  assertEquals(maxConcurrent(spans([0, 10], [10, 20], [20, 30])), 1);
});

Deno.test("a span of no length counts as one", () => {
  assertEquals(maxConcurrent(spans([10, 10])), 1);
  assertEquals(maxConcurrent(spans([0, 20], [10, 10])), 2);
});

Deno.test("the count is told from moment to moment, down to none", () => {
  assertEquals(steps(spans([0, 10], [5, 15])), [
    { at: 0, count: 1 },
    { at: 5, count: 2 },
    { at: 10, count: 1 },
    { at: 15, count: 0 },
  ]);
});
