// The history of the old job does not change the times of the new one.

import type { JobEvent } from "@millrace/flow";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { rerunFrom } from "../../src/flow/rerun_from.ts";

const AT = 1_000_000;
const TIMEOUT = 500;

const old = (event: object, seq: number) => ({ jobId: "old", seq, at: seq, ...event }) as JobEvent;

const started = old({
  type: "job_started",
  flowId: "flow",
  activation: { activationId: "old/1", routineId: "r", slot: "s", payload: 1, dueAt: 5 },
  deadline: 60,
}, 1);

/** The events of the old job before it ended. */
const PASTS: Readonly<Record<string, readonly object[]>> = {
  "nothing": [],
  "an outage of its process": [{ type: "job_recovered", outage: 400 }],
  "an outage of its store": [{ type: "job_stalled", outage: 400 }],
  "a pause": [{ type: "job_paused", withFlow: true }],
  "an outage in a pause": [{ type: "job_paused" }, { type: "job_recovered", outage: 400 }],
  "a rerun of its own": [
    { type: "job_recovered", fresh: true, deadline: 70 },
    { type: "job_stalled", outage: 400 },
  ],
};

for (const [past, events] of Object.entries(PASTS)) {
  Deno.test(`rerunFrom() sets new times after ${past}`, () => {
    for (const timeout of [TIMEOUT, Infinity]) {
      const stream = [started, ...events.map((event, i) => old(event, i + 2))];
      const rerun = rerunFrom(stream, "old/1", { jobId: "new", at: AT, timeout });
      assert(rerun !== undefined);
      const { createdAt, startedAt, deadline, status, pausedWithFlow, live } = fold(rerun);
      assertEquals({ createdAt, startedAt, deadline, status, pausedWithFlow }, {
        createdAt: AT,
        startedAt: AT,
        deadline: timeout < Infinity ? AT + timeout : undefined,
        status: "running",
        pausedWithFlow: undefined,
      });
      const { queuedAt, dueAt, stoppedAt } = live.get("new/1") ?? {};
      assertEquals([queuedAt, dueAt, stoppedAt], [AT, AT, undefined]);
    }
  });
}
