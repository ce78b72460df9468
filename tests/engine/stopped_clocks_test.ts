import { assert } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";

Deno.test("leaveOut() never exceeds the end of an outage", () => {
  // Such times have no exact sums.
  const times = fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true });
  const durations = fc.double({ min: 0.001, max: 1e6, noNaN: true });
  fc.assert(fc.property(times, durations, (at, outage) => {
    const activation = { activationId: "j/1", routineId: "r", slot: "s", payload: 0 };
    const about = { jobId: "j", flowId: "f" };
    const events: JobEvent[] = [
      { type: "job_started", seq: 1, at, activation, ...about },
      { type: "job_recovered", seq: 2, at: at + outage, outage: at + outage - at, jobId: "j" },
    ];
    const [live] = fold(events).live.values();
    assert(live !== undefined && live.dueAt <= at + outage);
  }));
});
