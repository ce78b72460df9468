import { assert, assertEquals } from "@std/assert";
import { Bound } from "../../src/pool/bound.ts";
import { gate } from "../routines/gates.ts";
import { bind } from "./tasks.ts";

/** The estimate after tasks of these durations, in milliseconds. */
function estimateAfter(...durations: number[]): number {
  const bound = new Bound(1, bind(gate));
  for (const ms of durations) bound.measured(ms);
  return bound.estimate;
}

Deno.test("Bound.measured() takes the first duration as the estimate", () => {
  assertEquals(estimateAfter(80), 80);
});

Deno.test("Bound.measured() limits the effect of one long task", () => {
  assert(estimateAfter(0.05, 1_000) < 0.1);
});

Deno.test("Bound.measured() follows tasks that stay long", () => {
  const many = Array<number>(40).fill(20);
  assert(estimateAfter(0.001, ...many) > 19);
});

Deno.test("Bound.measured() follows tasks that stay short", () => {
  assert(estimateAfter(1_000, ...Array<number>(40).fill(0.05)) < 0.1);
});
