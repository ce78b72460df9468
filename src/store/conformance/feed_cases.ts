// The conformance cases of jobs that are fed, by name.

import { fold } from "../../engine/apply.ts";
import type { JobEvent } from "../../engine/job_event.ts";
import { type Check, equal } from "./expect.ts";
import { completed, fedWith, SAMPLE_FLOW } from "./sample_events.ts";

/** Conformance cases, by name. */
export const FEED_CASES: Readonly<Record<string, Check>> = {
  "stores the events of a fed job"(store, again) {
    const events = fedWith("a", [["x", "x"], [large(1), large(1), undefined, new Date(5)]]);
    for (const event of events) store.append([event]);
    equal(store.read("a")?.events, events);
    const next = again();
    equal([...next.unfinished(SAMPLE_FLOW.flowId)].map((job) => job.events), [events]);
    equal(next.jobs().map(({ jobId, status }) => `${jobId} ${status}`), ["a running"]);
    equal(fold(next.read("a")?.events ?? []).feed?.taken, 6);
    const ended: JobEvent = { type: "feed_ended", jobId: "a", seq: 4, at: 4 };
    next.append([ended, { type: "job_completed", jobId: "a", seq: 5, at: 5 }]);
    equal([...next.unfinished(SAMPLE_FLOW.flowId)], []);
  },
  "stores the feed of a job in its snapshot"(store, again) {
    if (!store.isDurable) return;
    const events = fedWith("a", [[large(0), "x"]]);
    store.append(events);
    store.snapshot(fold(events));
    const done: JobEvent = { ...completed("a", 3), activationId: "a/1", queued: [] };
    store.append([done]);
    const read = again().latest("a");
    equal(read?.events, [done]);
    const job = fold(read?.events ?? [], read?.snapshot);
    equal(job.feed, { routineId: "a", slot: "in", taken: 2, hasEnded: false });
    equal([...job.live.values()].map(({ activation }) => activation.payload), ["x"]);
  },
  "compares the entry of a fed job"(store, again) {
    store.append(fedWith("a", [["x"]]));
    const place = { routineId: "a", slot: "in" };
    for (const life of [() => store, again]) {
      const each = life();
      equal(each.isStartedWith("a", { ...place, payload: undefined, isFed: true }), true);
      equal(
        each.isStartedWith("a", { ...place, slot: "b", payload: undefined, isFed: true }),
        false,
      );
      equal(each.isStartedWith("a", { ...place, payload: undefined }), false);
      equal(each.isStartedWith("a", { ...place, payload: "x" }), false);
    }
  },
};

/** Returns a payload that is large enough to be stored separately. */
function large(n: number): unknown {
  return { n, text: `${n}`.repeat(3_000) };
}
