// The conformance cases that every asynchronous store passes, by name. `store_conformance.ts` gives them to a
// test runner.

import type { JobEvent } from "../../engine/job_event.ts";
import type { AsyncStore } from "../async_store.ts";
import { equal } from "./expect.ts";
import {
  changed,
  completed,
  fedWith,
  jobAfter,
  SAMPLE_FLOW,
  started,
  startedWith,
} from "./sample_events.ts";
import { SAMPLE_VALUES } from "./sample_values.ts";

const SHAPES = new Map([[SAMPLE_FLOW.flowId, SAMPLE_FLOW]]);

/** Conformance cases, by name. */
export const ASYNC_CASES: Readonly<Record<string, AsyncCheck>> = {
  async "stores the events of a job in order, with the shape of its flow"(store, again) {
    const events = [started("a"), completed("a", 2), completed("a", 3)];
    await append(store, events.slice(0, 1));
    await append(store, events.slice(1));
    await onBoth(store, again, async (one) => {
      const loaded = await one.load("a");
      equal(loaded?.events, events);
      equal(loaded?.shape, SAMPLE_FLOW);
      equal(loaded?.snapshot, undefined);
    });
  },
  async "separates the events of jobs that are appended together"(store, again) {
    await append(store, [started("a"), started("b"), completed("a", 2), completed("b", 2)]);
    await append(store, [completed("b", 3), completed("a", 3)]);
    const next = await again();
    for (const jobId of ["a", "b"]) {
      const events = [started(jobId), completed(jobId, 2), completed(jobId, 3)];
      equal((await next.load(jobId))?.events, events);
    }
  },
  async "returns nothing for a job that does not exist"(store) {
    equal(await store.load("a"), undefined);
    equal(await store.list({}), []);
    equal(await store.delete("a"), false);
  },
  async "stores the events of a fed job"(store, again) {
    const events = fedWith("a", [["x", "x"], [{ text: "y".repeat(3_000) }, undefined]]);
    for (const event of events) await append(store, [event]);
    await onBoth(store, again, async (one) => equal((await one.load("a"))?.events, events));
  },
  async "stores values of all types"(store, again) {
    const events = Object.entries(SAMPLE_VALUES)
      .map(([jobId, value], i) => startedWith(jobId, i + 1, value()));
    await append(store, events);
    const next = await again();
    for (const event of events) equal((await next.load(event.jobId))?.events, [event]);
  },
  async "refuses to start an existing job, and stores nothing then"(store) {
    await append(store, [started("a")]);
    await rejects(append(store, [started("b"), started("a", 5)]), "DuplicateJobError");
    equal(await store.load("b"), undefined);
    equal((await store.load("a"))?.events, [started("a")]);
  },
  async "refuses an event that does not follow the last one, and stores nothing then"(store) {
    await append(store, [started("a"), completed("a", 2)]);
    for (const seq of [2, 4]) {
      await rejects(append(store, [started("b"), completed("a", seq)]), "StoreJobError");
    }
    await rejects(append(store, [completed("c", 2)]), "StoreJobError");
    equal(await store.load("b"), undefined);
    equal((await store.load("a"))?.events.length, 2);
  },
  async "loads a job from its snapshot, or with all its events"(store, again) {
    await append(store, [started("a"), completed("a", 2)]);
    const job = jobAfter(started("a"), 2, "x");
    const taken = store.snapshot?.(job);
    // The job goes on while its snapshot is written.
    job.sharedData.set("k", "y");
    await taken;
    await append(store, [completed("a", 3)]);
    await onBoth(store, again, async (one) => {
      const { snapshot, events = [] } = await one.load("a") ?? {};
      const whole = [started("a"), completed("a", 2), completed("a", 3)];
      if (snapshot === undefined) equal(events, whole);
      else {
        equal(snapshot, jobAfter(started("a"), 2, "x"));
        equal(events, whole.slice(3 - events.length));
      }
    });
  },
  async "lists jobs, newest first"(store, again) {
    await append(store, [started("a", 10), started("b", 20), started("c", 30)]);
    await append(store, [changed("a", 2, "job_completed", 40), changed("b", 2, "job_paused", 50)]);
    await onBoth(store, again, async (one) => {
      const listed = await one.list({});
      equal(
        listed.map(({ jobId, status, createdAt, endedAt, flowId }) => {
          return [jobId, status, createdAt, endedAt, flowId];
        }),
        [
          ["c", "running", 30, undefined, "sample"],
          ["b", "paused", 20, undefined, "sample"],
          ["a", "completed", 10, 40, "sample"],
        ],
      );
      const ids = async (filter: Parameters<AsyncStore["list"]>[0]) => {
        return (await one.list(filter)).map(({ jobId }) => jobId);
      };
      equal(await ids({ status: "paused" }), ["b"]);
      equal(await ids({ status: ["running", "completed"] }), ["c", "a"]);
      equal(await ids({ flowId: "another" }), []);
      equal(await ids({ since: 20 }), ["c", "b"]);
      equal(await ids({ limit: 1 }), ["c"]);
      equal(await ids({ limit: 1, after: listed[0]!.cursor }), ["b"]);
      equal(await ids({ after: listed[2]!.cursor }), []);
    });
  },
  async "lists jobs of the same time in their order"(store) {
    await append(store, [started("a"), started("b")]);
    await append(store, [started("c")]);
    equal((await store.list({})).map(({ jobId }) => jobId), ["c", "b", "a"]);
  },
  async "deletes a job, whose id can be reused then"(store, again) {
    await append(store, [started("a"), completed("a", 2)]);
    equal(await store.delete("a"), true);
    equal(await store.load("a"), undefined);
    await append(store, [started("a", 7)]);
    equal((await (await again()).load("a"))?.events, [started("a", 7)]);
  },
  async "opens for a flow again after it was closed for it"(store, again) {
    const opened = await store.open?.(SAMPLE_FLOW);
    await append(store, [started("a")]);
    await opened?.[Symbol.asyncDispose]();
    const next = await again();
    await using _ = await next.open?.(SAMPLE_FLOW);
    equal((await next.load("a"))?.events, [started("a")]);
  },
};

/**
 * A conformance case of an asynchronous store. `again` opens the same data as another process would, after
 * the first store was closed.
 */
export type AsyncCheck = (store: AsyncStore, again: () => Promise<AsyncStore>) => Promise<void>;

/** Checks a store, and then the same data as another process sees them. */
async function onBoth(
  store: AsyncStore,
  again: () => Promise<AsyncStore>,
  check: (store: AsyncStore) => Promise<void>,
): Promise<void> {
  await check(store);
  await check(await again());
}

async function append(store: AsyncStore, events: readonly JobEvent[]): Promise<void> {
  await store.append(events, SHAPES);
}

async function rejects(work: Promise<void>, name: string): Promise<void> {
  const error = await work.then(() => undefined, (error) => error);
  equal(error?.name, name);
}
