// Conformance cases: deleting jobs and all their records.

import { type Check, equal, throws } from "./expect.ts";
import { changed, completed, SAMPLE_FLOW, started } from "./sample_events.ts";

/** Conformance cases about deleted jobs, by name. */
export const DELETE_CASES: Readonly<Record<string, Check>> = {
  "deletes a job that has ended, and no others"(store, again) {
    const ended = [started("a"), changed("a", 2, "job_completed")];
    store.append([...ended, started("b"), completed("b", 2)]);
    equal(store.delete("a"), true);
    for (const life of [() => store, again]) {
      const each = life();
      equal([each.read("a"), each.shapeOf("a")], [undefined, undefined]);
      equal(each.jobs().map(({ jobId }) => jobId), ["b"]);
      equal(each.read("b")?.events, [started("b"), completed("b", 2)]);
    }
  },
  "deletes nothing if the job does not exist"(store) {
    store.append([started("a"), changed("a", 2, "job_completed")]);
    equal(store.delete("b"), false);
    equal(store.delete("a"), true);
    equal(store.delete("a"), false);
  },
  "accepts a job with the id of a deleted one"(store, again) {
    store.append([started("a"), completed("a", 2), changed("a", 3, "job_failed")]);
    store.delete("a");
    throws(() => store.append([completed("a", 4)]), "StoreJobError");
    store.append([started("a", 9)]);
    const next = again();
    next.append([completed("a", 2)]);
    equal(next.read("a")?.events, [started("a", 9), completed("a", 2)]);
    equal(next.jobs()[0]?.createdAt, 9);
  },
  "refuses to delete a job that has not ended while its flow has the store open"(store) {
    store.append([started("a"), started("b"), changed("b", 2, "job_paused")]);
    for (const jobId of ["a", "b"]) throws(() => store.delete(jobId), "UnfinishedJobError");
    equal(store.jobs().length, 2);
    store.append([completed("a", 2)]);
    equal(store.read("a")?.events, [started("a"), completed("a", 2)]);
  },
  "deletes a job that has not ended if its flow does not have the store open"(store) {
    const other = store.open({ flowId: "other", lines: [] });
    store.append([{ ...started("a"), flowId: "other" }, started("b")]);
    throws(() => store.delete("a"), "UnfinishedJobError");
    other[Symbol.dispose]();
    equal(store.delete("a"), true);
    equal(store.read("a"), undefined);
    equal([...store.unfinished("other")], []);
    throws(() => store.delete("b"), "UnfinishedJobError");
  },
  "deletes a job that has not ended if its flow does not run it"(store) {
    const isRunning = (jobId: string) => jobId === "a";
    using _other = store.open({ flowId: "other", lines: [] }, undefined, isRunning);
    store.append(["a", "b"].map((jobId) => ({ ...started(jobId), flowId: "other" })));
    throws(() => store.delete("a"), "UnfinishedJobError");
    equal(store.delete("b"), true);
    equal(store.jobs().map(({ jobId }) => jobId), ["a"]);
    throws(() => store.append([completed("b", 2)]), "StoreJobError");
  },
  "reports a deleted job to its flow"(store) {
    const forgotten: string[] = [];
    store.open({ flowId: "other", lines: [] }, (jobId) => void forgotten.push(jobId));
    const ended = (jobId: string) => changed(jobId, 2, "job_completed");
    store.append([{ ...started("a"), flowId: "other" }, ended("a"), started("b"), ended("b")]);
    for (const jobId of ["a", "b", "c"]) store.delete(jobId);
    equal(forgotten, ["a"]);
  },
  "iterates over unfinished jobs while some of them end or are deleted"(store) {
    const { flowId } = SAMPLE_FLOW;
    store.append(["a", "b", "c", "d"].map((jobId) => started(jobId)));
    const ids: unknown[] = [];
    for (const { events } of store.unfinished(flowId)) {
      ids.push(events[0]?.jobId);
      if (ids.length > 1) continue;
      store.append([changed("b", 2, "job_completed"), changed("c", 2, "job_completed")]);
      store.delete("c");
      store.append([started("c", 9)]);
    }
    equal(ids, ["a", "d"]);
  },
};
