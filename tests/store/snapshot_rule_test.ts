// Snapshots of a job are written in proportion to its events, whatever it consists of. Bytes are counted.

import { assert, assertLess } from "@std/assert";
import { emptyJob } from "../../src/engine/job.ts";
import { isSnapshotDue, nothingUnsaved } from "../../src/store/snapshot_rule.ts";

/** The bytes of an event, and of its trace in the job: a field of a routine's state, or an error. */
const EVENT = 100, LEFT = 20;

/** The bytes of all snapshots of a job with a number of events, per event. */
function writtenPerEvent(events: number): number {
  const job = emptyJob({ jobId: "j", flowId: "f", at: 0 });
  const retention = { jobs: Infinity, age: Infinity, events: Infinity, payloads: true };
  let unsaved = nothingUnsaved(0);
  let written = 0;
  for (let i = 1; i <= events; i++) {
    unsaved.events++;
    unsaved.size += EVENT;
    if (!isSnapshotDue(job, unsaved, retention)) continue;
    written += LEFT * i;
    unsaved = nothingUnsaved(LEFT * i);
  }
  return written / events;
}

Deno.test("isSnapshotDue() bounds the snapshot bytes per event", () => {
  const [few, many] = [writtenPerEvent(500_000), writtenPerEvent(5_000_000)];
  assert(few > 0, "none was taken");
  assertLess(many, 2 * few);
});
