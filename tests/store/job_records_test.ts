import { assertEquals, assertThrows } from "@std/assert";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { StoreCorruptError } from "../../src/errors/store_errors.ts";
import { JobRecords } from "../../src/store/job_records.ts";
import { OpenFlows } from "../../src/store/open_flows.ts";

const RETENTION = { jobs: 10, age: Infinity, events: 100, payloads: true };

Deno.test("JobRecords.restore() refuses a job without its beginning, or with a gap", () => {
  const records = new JobRecords(new OpenFlows(), RETENTION);
  for (
    const events of [[changed(2)], [started(), changed(3)], [started(), changed(2), changed(2)]]
  ) {
    const restore = () => records.restore({ snapshot: undefined, events }, undefined);
    const error = assertThrows(restore, StoreCorruptError, 'job "job_1" was loaded without');
    assertEquals([error.jobId, records.get("job_1")], ["job_1", undefined]);
  }
  records.restore({ snapshot: undefined, events: [started(), changed(2)] }, undefined);
  assertEquals(records.read("job_1")?.events, [started(), changed(2)]);
});

Deno.test("JobRecords.read() returns the events that a job had when it was read", () => {
  const records = new JobRecords(new OpenFlows(), RETENTION);
  records.restore({ snapshot: undefined, events: [started(), changed(2)] }, undefined);
  const stored = records.read("job_1", 1);
  records.append([changed(3), { ...changed(4), type: "job_completed" }], new Map());
  records.delete(records.get("job_1")!);
  assertEquals(stored?.events, [changed(2)]);
});

function started(): JobEvent {
  const activation = { activationId: "job_1/1", routineId: "a", slot: "in", payload: 1 };
  return { type: "job_started", jobId: "job_1", seq: 1, at: 1, flowId: "flow", activation };
}

function changed(seq: number): JobEvent {
  return { type: "job_paused", jobId: "job_1", seq, at: seq };
}
