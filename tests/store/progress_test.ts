import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { changed, started } from "../../src/store/conformance/sample_events.ts";
import { advance, noProgress } from "../../src/store/progress.ts";

const changes = fc.constantFrom("job_paused", "job_resumed", "activation_started", "job_recovered");

/** The stream of a job that may be delayed and started anew, with its end if it has one. */
const streams = fc.record({
  dueAt: fc.constantFrom(undefined, 0, 9),
  types: fc.array(fc.record({ type: changes, fresh: fc.boolean() }), { maxLength: 8 }),
  end: fc.option(fc.constantFrom("job_completed", "job_failed", "job_cancelled"), {
    nil: undefined,
  }),
}).map(({ dueAt, types, end }) => {
  const first = started("a");
  const events: JobEvent[] = [{ ...first, activation: { ...first.activation, dueAt } }];
  const { activationId, routineId, slot } = first.activation;
  const about = { activationId, routineId, slot, attempt: 1, workerId: "w" };
  for (const { type, fresh } of types) {
    const base = { jobId: "a", seq: events.length + 1, at: events.length };
    if (type === "activation_started") events.push({ type, ...base, ...about });
    else if (type === "job_recovered") events.push({ type, ...base, ...fresh && { fresh } });
    else events.push({ type, ...base });
  }
  if (end !== undefined) events.push(changed("a", events.length + 1, end));
  return events;
});

Deno.test("advance() agrees with fold() on the status", () => {
  fc.assert(fc.property(streams, (events) => {
    const progress = noProgress();
    for (const event of events) advance(progress, event);
    assertEquals(progress.status, fold(events).status);
  }));
});
