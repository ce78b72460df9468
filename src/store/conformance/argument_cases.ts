// Conformance cases: every store returns the same results, or throws the same errors, for the same arguments.

import type { JobFilter, Store } from "../store.ts";
import { type Check, equal, throws } from "./expect.ts";
import { changed, completed, SAMPLE_FLOW, started } from "./sample_events.ts";

/** Conformance cases about arguments, which all stores must treat alike, by name. */
export const ARGUMENT_CASES: Readonly<Record<string, Check>> = {
  "lists jobs a page at a time, while jobs start, end or are deleted"(store, again) {
    // The clock has stood still, and was set back.
    for (const [jobId, at] of [["a", 5], ["b", 5], ["c", 7], ["d", 6], ["e", 5]] as const) {
      store.append([started(jobId, at)]);
    }
    equal(idsOf(store, {}), ["c", "d", "e", "b", "a"]);
    const first = store.jobs({ limit: 2 });
    store.append([changed("d", 2, "job_completed", 8), started("new", 9)]);
    store.delete("d");
    const next = again();
    const [, last] = first;
    equal(idsOf(next, { limit: 2, after: last!.cursor }), ["e", "b"]);
    const [, second] = next.jobs({ limit: 2, after: last!.cursor });
    equal(idsOf(next, { limit: 2, after: second!.cursor }), ["a"]);
    const [end] = next.jobs({ after: second!.cursor });
    equal(idsOf(next, { after: end!.cursor }), []);
    equal(idsOf(next, { after: first[0]!.cursor, since: 5, status: "running" }), ["e", "b", "a"]);
  },
  "lists no more jobs than the limit"(store) {
    store.append([started("a"), started("b", 2)]);
    equal(idsOf(store, { limit: 0 }), []);
    equal(idsOf(store, { limit: Infinity }), ["b", "a"]);
    equal(idsOf(store, { since: -Infinity }), ["b", "a"]);
    equal(idsOf(store, { since: Infinity }), []);
    equal(idsOf(store, { status: ["running", "running"] }), ["b", "a"]);
  },
  "refuses an invalid filter"(store) {
    store.append([started("a")]);
    const wrong: Readonly<Record<keyof JobFilter, readonly unknown[]>> = {
      flowId: [1, null],
      status: ["done", ["running", "ended"], null, 1],
      since: [NaN, "0", null, new Date(0)],
      limit: [-1, 1.5, NaN, "1", null],
      after: ["", "a", "1", "1/x", "1/2/3", "NaN/1", 1, null],
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        throws(() => store.jobs({ [field]: value } as JobFilter), "InvalidOptionError");
      }
    }
  },
  "refuses an event that does not follow the last one, with its whole append"(store, again) {
    store.append([started("a"), completed("a", 2)]);
    for (const events of [[2], [4], [3, 3], [3, 5], [1]]) {
      const given = [started("b"), ...events.map((seq) => completed("a", seq))];
      throws(() => store.append(given), "StoreJobError");
    }
    throws(() => store.append([{ ...started("b"), seq: 2 }]), "StoreJobError");
    const next = again();
    equal(next.jobs().length, 1);
    next.append([completed("a", 3)]);
    equal(next.read("a")?.events, [started("a"), completed("a", 2), completed("a", 3)]);
  },
  "names what it refuses"(store) {
    store.append([started("a")]);
    throws(() => store.append([completed("b", 2)]), "StoreJobError");
    throws(() => store.append([started("a")]), "DuplicateJobError");
    throws(() => store.append([completed("a", 2), started("a")]), "DuplicateJobError");
    throws(() => store.append([started("b"), started("b")]), "DuplicateJobError");
    throws(() => store.open(SAMPLE_FLOW), "DuplicateFlowError");
  },
  "accepts only jobs of flows that have it open"(store) {
    throws(() => store.append([{ ...started("a"), flowId: "other" }]), "StoreJobError");
    const other = store.open({ flowId: "other", lines: [] });
    store.append([{ ...started("a"), flowId: "other" }]);
    other[Symbol.dispose]();
    throws(() => store.append([{ ...started("b"), flowId: "other" }]), "StoreJobError");
    // Jobs that were started can still get events.
    store.append([completed("a", 2)]);
    equal(store.read("a")?.events.length, 2);
  },
  "accepts only ids of plain text, and finds no others"(store) {
    store.append([started("a"), started("\ufffd")]);
    for (const id of ["a\0", "a\0b", "\ud800"]) {
      throws(() => store.append([started(id)]), "StoreValueError");
      throws(() => store.open({ flowId: id, lines: [] }), "StoreValueError");
      equal([store.read(id), store.shapeOf(id), store.delete(id)], [undefined, undefined, false]);
      equal([...store.unfinished(id)], []);
      equal(store.jobs({ flowId: id }), []);
    }
    const none = 1 as unknown as string;
    for (
      const ask of [() => store.read(none), () => store.shapeOf(none), () => store.delete(none)]
    ) {
      throws(ask, "InvalidOptionError");
    }
    equal(store.jobs().length, 2);
  },
  "reads events after any number"(store) {
    store.append([started("a"), completed("a", 2), completed("a", 3)]);
    const read = (after: number) => store.read("a", after)?.events.map(({ seq }) => seq);
    equal([-1, 0, 1.5, 3, Infinity].map(read), [[1, 2, 3], [1, 2, 3], [2, 3], [], []]);
    for (const after of [NaN, "1", null] as number[]) {
      throws(() => read(after), "InvalidOptionError");
    }
  },
  "lists the time at which a job ended, even if other events were appended with its end"(store) {
    store.append([started("a", 1), changed("a", 2, "job_completed", 5), completed("a", 3)]);
    equal(store.jobs().map(({ endedAt, status }) => [endedAt, status]), [[5, "completed"]]);
  },
};

function idsOf(store: Store, filter: JobFilter): string[] {
  return store.jobs(filter).map(({ jobId }) => jobId);
}
