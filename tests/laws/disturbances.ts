import fc from "fast-check";
import type { Disturbance } from "./run_plan.ts";

/** Jobs cancelled and paused while they run. */
export const disturbances: fc.Arbitrary<Disturbance[]> = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 150 }),
    job: fc.nat(19),
    what: fc.constantFrom("cancel", "pause"),
  }),
  { maxLength: 8 },
);
