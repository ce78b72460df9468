import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { apply } from "../../src/engine/apply.ts";
import { changeOf } from "../../src/engine/event_table.ts";
import { emptyJob, type Job } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { advance, noProgress } from "../../src/store/progress.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";

/** The ids of the activations of a job that have not ended. */
function live(job: Job): string[] {
  return [...job.live.keys()];
}

Deno.test("changeOf() describes what apply() does to the queue and the status", () => {
  fc.assert(
    fc.property(
      plans({ failing: true, lenient: true }),
      fc.infiniteStream(fc.nat()),
      (plan, choices) => {
        for (const { stream: events } of driveEngine(plan, choices)) {
          const [first] = events;
          const job = emptyJob(first as Extract<JobEvent, { type: "job_started" }>);
          const progress = noProgress();
          for (const event of events) {
            const before = new Set(live(job));
            const { queued = [], ended } = changeOf(event);
            apply(job, event);
            advance(progress, event);
            const after = live(job);
            const added = after.filter((id) => !before.has(id));
            assertEquals(added, queued.map(({ activationId }) => activationId));
            // A job that stops drops all that does not execute.
            if (job.stopping === undefined) {
              const gone = [...before].filter((id) => !job.live.has(id));
              assertEquals(gone, ended === undefined ? [] : [ended]);
            }
            assertEquals([progress.status, progress.endedAt], [job.status, job.endedAt]);
          }
        }
      },
    ),
    engineRuns(50),
  );
});
