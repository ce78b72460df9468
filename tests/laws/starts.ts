import { assert } from "@std/assert";
import type { Rate } from "@millrace/flow";
import { SKEW } from "./spans.ts";

/** Asserts that no period of a rate's length has more starts than its limit. */
export function assertRate(
  starts: readonly { readonly startedAt: number }[],
  { limit, per }: Rate,
): void {
  const times = starts.map(({ startedAt }) => startedAt).sort((a, b) => a - b);
  times.slice(limit).forEach((at, i) => {
    const span = at - times[i]!;
    assert(span >= per - SKEW, `${limit + 1} starts within ${span} ms, number ${i + 1} on`);
  });
}
