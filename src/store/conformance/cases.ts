// The conformance cases that every store passes, by name. `store_conformance.ts` gives them to a test
// runner.

import { fold } from "../../engine/apply.ts";
import type { JobEvent } from "../../engine/job_event.ts";
import { ARGUMENT_CASES } from "./argument_cases.ts";
import { DELETE_CASES } from "./delete_cases.ts";
import { type Check, equal, throws } from "./expect.ts";
import { FEED_CASES } from "./feed_cases.ts";
import {
  begun,
  changed,
  completed,
  completedWith,
  deliveredWith,
  jobAfter,
  SAMPLE_FLOW,
  signalWith,
  skippedWith,
  started,
  startedWith,
} from "./sample_events.ts";
import { SAMPLE_VALUES } from "./sample_values.ts";
import type { Store } from "../store.ts";

/** Conformance cases, by name. */
export const CASES: Readonly<Record<string, Check>> = {
  "stores the events of a job in order"(store, again) {
    const events = [started("a"), completed("a", 2), completed("a", 3)];
    store.append(events.slice(0, 1));
    store.append(events.slice(1));
    equal(store.read("a")?.events, events);
    equal(again().read("a")?.events, events);
  },
  "separates the events of jobs that are appended together"(store, again) {
    store.append([started("a"), started("b"), completed("a", 2), completed("b", 2)]);
    store.append([completed("b", 3), completed("a", 3)]);
    for (const jobId of ["a", "b"]) {
      const events = [started(jobId), completed(jobId, 2), completed(jobId, 3)];
      equal(store.read(jobId)?.events, events);
    }
    equal(again().jobs().length, 2);
  },
  "reads on from an event"(store) {
    store.append([started("a"), completed("a", 2)]);
    store.append([completed("a", 3), completed("a", 4)]);
    equal(store.read("a", 2)?.events, [completed("a", 3), completed("a", 4)]);
    equal(store.read("a", 3)?.events, [completed("a", 4)]);
    equal(store.read("a", 4)?.events, []);
  },
  "stores events whether they were prepared or not"(store, again) {
    const events = [started("a"), completed("a", 2), completed("a", 3)];
    store.prepare?.(events.slice(0, 2));
    store.append(events);
    store.prepare?.([completed("a", 4)]);
    equal(again().read("a")?.events, events);
  },
  "stores large payloads, even if several are delivered from one emit"(store, again) {
    const events = [startedWith("a", 1, large(0)), deliveredWith("a", 2, large(1))];
    store.append(events);
    equal(store.read("a")?.events, events);
    equal([...again().unfinished(SAMPLE_FLOW.flowId)].map(({ events }) => events), [events]);
  },
  "stores large values of all kinds"(store, again) {
    const values = [large(0), new Uint8Array(5_000), new Map([[1, large(1)]])];
    for (const [i, payload] of values.entries()) {
      const jobId = `job ${i}`;
      const at = { jobId, routineId: "a", slot: "in", attempt: 1, at: 9 };
      const data = { type: "activation_progressed", activationId: "x", data: payload } as const;
      const commit = completedWith(jobId, 3, payload);
      const events: JobEvent[] = [
        startedWith(jobId, 1, payload),
        completedWith(jobId, 2, payload),
        { ...commit, effects: { ...commit.effects, routineState: { payload } } },
        { ...at, seq: 4, ...data },
        { jobId, at: 9, seq: 5, type: "signal_received", signal: "s", payload },
      ];
      store.append(events);
      equal(store.read(jobId)?.events, events);
    }
    for (const { jobId } of store.jobs()) equal(again().read(jobId)?.events.length, 5);
  },
  "stores the payloads of fallbacks and signals for each of their receivers"(store, again) {
    const streams = [large(0), { text: "small" }].map((payload, i) => {
      const jobId = `job ${i}`;
      const signal = signalWith(jobId, 3, payload);
      return [startedWith(jobId, 1, payload), skippedWith(jobId, 2, payload), ...signal];
    });
    for (const events of streams) {
      // The signal is delivered in an append of its own, as when a routine waits for it later.
      store.append(events.slice(0, 3));
      store.append(events.slice(3));
    }
    for (const life of [() => store, again]) {
      const each = life();
      for (const [i, events] of streams.entries()) {
        equal(each.read(`job ${i}`)?.events, events);
        equal(each.read(`job ${i}`, 3)?.events, events.slice(3));
      }
    }
  },
  "stores more in one append than a row can hold"(store, again) {
    const events: JobEvent[] = [started("a")];
    for (let seq = 2; seq <= 3_000; seq++) {
      events.push(completedWith("a", seq, "x".repeat(900)));
    }
    store.append(events);
    const next = again();
    const read = next.read("a")?.events ?? [];
    equal(read.map(({ seq }) => seq), events.map(({ seq }) => seq));
    equal(read.at(-1), events.at(-1));
    equal(next.read("a", 2_990)?.events, events.slice(2_990));
  },
  "returns the current job, from its snapshot if there is one"(store, again) {
    equal(store.latest("a"), undefined);
    store.append([started("a"), completed("a", 2)]);
    equal(store.latest("a"), { snapshot: undefined, events: [started("a"), completed("a", 2)] });
    if (!store.isDurable) return;
    store.snapshot(jobAfter(started("a"), 2, "x"));
    store.append([completed("a", 3)]);
    for (const life of [() => store, again]) {
      const snapshot = jobAfter(started("a"), 2, "x");
      equal(life().latest("a"), { snapshot, events: [completed("a", 3)] });
    }
  },
  "returns the large payloads of a snapshot that are still needed"(store, again) {
    if (!store.isDurable) return;
    const start = startedWith("a", 1, large(0));
    const commit = deliveredWith("a", 2, large(1));
    store.append([start, commit]);
    const job = fold([start, commit]);
    store.snapshot(job);
    const done = commit.queued[0]!.activationId;
    const next: JobEvent = { ...completed("a", 3), activationId: done, queued: [] };
    store.append([next]);
    const read = again().latest("a");
    equal(read?.events, [next]);
    const back = fold(read?.events ?? [], read?.snapshot);
    equal(back.live.has(done), false);
    for (const activation of commit.queued.slice(1)) {
      equal(back.live.get(activation.activationId)?.activation, activation);
    }
  },
  "compares the entry and the payload of a job with given ones"(store, again) {
    const payload = () => ({ a: [1, "x", new Date(5)], b: new Map([["k", large(0)]]) });
    store.append([startedWith("a", 1, payload()), completed("a", 2)]);
    store.append([changed("a", 3, "job_completed")]);
    for (const life of [() => store, again]) {
      const each = life();
      const is = (given: unknown, slot = "in", jobId = "a") =>
        each.isStartedWith(jobId, { routineId: "a", slot, payload: given });
      equal(is(payload()), true);
      const { a, b } = payload();
      equal(is({ b, a }), true);
      equal([is({ a }), is({ ...payload(), c: undefined }), is(undefined)], [false, false, false]);
      equal([is(payload(), "other"), is(payload(), "in", "none")], [false, false]);
    }
  },
  "returns the events that were stored when they were read"(store) {
    store.append([started("a")]);
    const read = store.read("a");
    store.append([completed("a", 2)]);
    equal(read?.events, [started("a")]);
  },
  "returns nothing for a job that was not started"(store) {
    equal(store.read("a"), undefined);
    equal(store.shapeOf("a"), undefined);
    equal(store.jobs(), []);
    equal([...store.unfinished(SAMPLE_FLOW.flowId)], []);
  },
  "takes no events at all"(store) {
    store.append([]);
    equal(store.jobs(), []);
  },
  "refuses to start an existing job, with the whole append"(store, again) {
    store.append([started("a")]);
    throws(() => store.append([started("b"), completed("a", 2), started("a", 2)]));
    equal(store.read("a")?.events, [started("a")]);
    equal(store.read("b"), undefined);
    const next = again();
    equal(next.jobs().length, 1);
    next.append([completed("a", 2)]);
    equal(next.read("a")?.events, [started("a"), completed("a", 2)]);
  },
  "refuses events of a job that was not started, with the whole append"(store, again) {
    store.append([started("a")]);
    throws(() => store.append([changed("a", 2, "job_completed"), completed("b", 2)]));
    equal(store.jobs()[0]?.status, "running");
    equal(again().read("a")?.events, [started("a")]);
  },
  "lists the status of each job"(store, again) {
    const delayed = started("delayed", 5);
    store.append([{ ...delayed, activation: { ...delayed.activation, dueAt: 9 } }]);
    store.append([started("paused", 6), changed("paused", 2, "job_paused")]);
    store.append([started("resumed", 7), changed("resumed", 2, "job_paused")]);
    store.append([changed("resumed", 3, "job_resumed")]);
    for (const end of ["completed", "failed", "cancelled"] as const) {
      store.append([started(end, 8), changed(end, 2, `job_${end}`, 20)]);
    }
    for (const life of [() => store, again]) {
      const report = life().jobs().map(({ jobId, status, endedAt }) => [jobId, status, endedAt]);
      equal(report, [
        ["cancelled", "cancelled", 20],
        ["failed", "failed", 20],
        ["completed", "completed", 20],
        ["resumed", "running", undefined],
        ["paused", "paused", undefined],
        ["delayed", "pending", undefined],
      ]);
    }
  },
  "lists a job that was paused before it began"(store, again) {
    const statuses = (of: Store) => of.jobs().map(({ jobId, status }) => `${jobId} ${status}`);
    for (const [at, jobId] of ["a", "b", "c"].entries()) {
      const delayed = started(jobId, at);
      store.append([{ ...delayed, activation: { ...delayed.activation, dueAt: 9 } }]);
      store.append([changed(jobId, 2, "job_paused")]);
    }
    store.append([changed("a", 3, "job_resumed")]);
    store.append([{ type: "job_recovered", jobId: "b", seq: 3, at: 3, fresh: true }]);
    store.append([changed("b", 4, "job_paused")]);
    equal(statuses(store), ["c paused", "b paused", "a pending"]);
    const next = again();
    next.append([changed("b", 5, "job_resumed"), changed("c", 3, "job_resumed")]);
    equal(statuses(next), ["c pending", "b running", "a pending"]);
  },
  "lists the jobs that match a filter, newest first"(store) {
    for (const at of [1, 2, 3]) store.append([started(`j${at}`, at)]);
    store.append([changed("j2", 2, "job_failed")]);
    const ids = (filter: Parameters<Store["jobs"]>[0]) =>
      store.jobs(filter).map((job) => job.jobId);
    equal(ids({}), ["j3", "j2", "j1"]);
    equal(ids({ limit: 2 }), ["j3", "j2"]);
    equal(ids({ since: 2 }), ["j3", "j2"]);
    equal(ids({ status: "failed" }), ["j2"]);
    equal(ids({ status: ["running", "paused"], limit: 1 }), ["j3"]);
    equal(ids({ status: [] }), []);
    equal(ids({ flowId: "another" }), []);
  },
  "returns the jobs that have not ended, oldest first"(store, again) {
    store.append([started("a"), started("b"), started("c")]);
    store.append([changed("b", 2, "job_completed"), completed("c", 2)]);
    for (const life of [() => store, again]) {
      const left = [...life().unfinished(SAMPLE_FLOW.flowId)].map((job) => job.events);
      equal(left, [[started("a")], [started("c"), completed("c", 2)]]);
    }
  },
  "separates the jobs of two flows"(store) {
    store.open({ flowId: "other", lines: ["x"] });
    store.append([started("a"), { ...started("b"), flowId: "other" }]);
    equal([...store.unfinished("other")].length, 1);
    equal(store.jobs({ flowId: "other" }).map((job) => job.jobId), ["b"]);
    equal(store.shapeOf("b"), { flowId: "other", lines: ["x"] });
  },
  "stores the shape with which a job was started"(store, again) {
    store.append([started("a")]);
    const next = again();
    equal(next.shapeOf("a"), SAMPLE_FLOW);
  },
  "returns the starts that count to rates, even of jobs that were dropped"(store, again) {
    if (store.startsSince === undefined) return;
    const start = (jobId: string, seq: number, at: number, key: string, until: number) => {
      return { ...begun(jobId, seq), at, counted: { key, until } };
    };
    // A key may be any text.
    const anyText = "x\0\ud800";
    const plain = [started("a"), start("a", 2, 10, anyText, 30), begun("a", 3)];
    store.append([...plain, started("b"), start("b", 2, 12, "", 20)]);
    store.append([changed("a", 4, "job_failed")]);
    store.delete("a");
    for (const life of [() => store, again]) {
      const each = life();
      const read = (at: number) => [...each.startsSince?.(SAMPLE_FLOW.flowId, at) ?? []];
      const { routineId } = begun("a", 2);
      equal(read(15), [
        { routineId, key: anyText, at: 10, until: 30 },
        { routineId, key: "", at: 12, until: 20 },
      ]);
      equal(read(20).map(({ key }) => key), [anyText]);
      equal([...each.startsSince?.("other", 0) ?? []], []);
    }
  },
  "refuses a second flow with the same id until the first has closed it"(store) {
    const changedShape = { ...SAMPLE_FLOW, flowId: "twin", lines: ["routine c"] };
    const first = store.open({ flowId: "twin", lines: [] });
    throws(() => store.open(changedShape));
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const second = store.open(changedShape);
    first[Symbol.dispose]();
    throws(() => store.open(changedShape));
    store.append([{ ...started("b"), flowId: "twin" }]);
    equal(store.shapeOf("b"), changedShape);
    second[Symbol.dispose]();
  },
  "returns a snapshot without the events before it"(store, again) {
    if (!store.isDurable) return;
    store.append([started("a"), completed("a", 2)]);
    const job = jobAfter(started("a"), 2, new Map([[1, new Date(1)]]));
    store.snapshot(job);
    store.append([completed("a", 3)]);
    for (const life of [() => store, again]) {
      const each = life();
      const expected = jobAfter(started("a"), 2, new Map([[1, new Date(1)]]));
      equal([...each.unfinished(SAMPLE_FLOW.flowId)], [
        { snapshot: expected, events: [completed("a", 3)] },
      ]);
      equal(each.read("a")?.events.at(-1), completed("a", 3));
    }
  },
  "does not change a snapshot with its job, and replaces it by the next one"(store, again) {
    if (!store.isDurable) return;
    store.append([started("a"), completed("a", 2)]);
    const job = jobAfter(started("a"), 1, "before");
    store.snapshot(job);
    job.sharedData.set("k", "after");
    equal(store.read("a")?.snapshot?.sharedData.get("k"), "before");
    job.seq = 2;
    store.snapshot(job);
    equal(again().read("a")?.snapshot, job);
  },
  ...FEED_CASES,
  ...DELETE_CASES,
  ...ARGUMENT_CASES,
  "can be closed twice"(store) {
    store.close();
    store.close();
  },
  ...Object.fromEntries(
    Object.entries(SAMPLE_VALUES).map(([what, make]): [string, Check] => [
      `preserves the type of a payload: ${what}`,
      (store, again) => keepsType(store, again, make()),
    ]),
  ),
};

/** Returns a payload that is large enough to be stored separately. */
function large(n: number): unknown {
  return { n, text: `${n}`.repeat(3_000) };
}

function keepsType(store: Store, again: () => Store, value: unknown): void {
  store.append([startedWith("a", 1, value), completedWith("a", 2, value)]);
  const events = again().read("a")?.events ?? [];
  equal(events.length, 2);
  for (const event of events) {
    if (event.type === "job_started") equal(event.activation?.payload, value);
    if (event.type !== "activation_completed") continue;
    const { emits: [emit], sharedData: [write], sharedLog: [entry] } = event.effects;
    equal([emit?.payload], [value]);
    equal([event.queued[0]?.payload], [value]);
    equal([entry?.data], [value]);
    if (write?.deleted !== true) equal([write?.value], [value]);
  }
}
