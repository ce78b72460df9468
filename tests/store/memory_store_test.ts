import { assertEquals, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../src/errors/call_errors.ts";
import { MemoryStore } from "../../src/store/memory_store.ts";
import {
  changed,
  completed,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { storeCases } from "../../src/store/store_conformance.ts";

for (const { name, run } of storeCases(() => ({ store: new MemoryStore() }))) {
  Deno.test(`MemoryStore ${name}`, run);
}

/** A store, and the jobs that it reported as forgotten. */
function forgetful(retention: { jobs?: number; age?: number; events?: number }) {
  const store = new MemoryStore({ retention });
  const forgotten: string[] = [];
  store.open(SAMPLE_FLOW, (jobId) => forgotten.push(jobId));
  return { store, forgotten };
}

Deno.test("Retention.jobs limits and reports ended jobs", () => {
  const { store, forgotten } = forgetful({ jobs: 2 });
  store.append(["a", "b", "c", "d"].map((jobId) => started(jobId)));
  for (const jobId of ["b", "d", "a"]) store.append([changed(jobId, 2, "job_failed")]);
  assertEquals(forgotten, ["b"]);
  assertEquals(store.jobs().map((job) => job.jobId), ["d", "c", "a"]);
  assertEquals(store.read("b"), undefined);
  store.append([started("b")]);
});

Deno.test("Retention.age drops ended jobs after a time", () => {
  const { store, forgotten } = forgetful({ age: 100 });
  for (const at of [10, 100, 150]) {
    store.append([started(`j${at}`), changed(`j${at}`, 2, "job_completed", at)]);
  }
  assertEquals(forgotten, ["j10"]);
});

Deno.test("Retention.events limits the events of a job", () => {
  const { store } = forgetful({ events: 8 });
  store.append([started("a")]);
  for (let seq = 2; seq <= 100; seq++) store.append([completed("a", seq)]);
  const kept = store.read("a")?.events.map((event) => event.seq) ?? [];
  assertEquals(kept.at(-1), 100);
  assertEquals(kept.length >= 8 && kept.length <= 10, true);
  assertEquals(store.read("a", 98)?.events.map((event) => event.seq), [99, 100]);
});

Deno.test("MemoryStoreOptions.retention refuses invalid limits", () => {
  assertThrows(() => new MemoryStore({ retention: { jobs: -1 } }), InvalidOptionError, "jobs");
  assertThrows(() => new MemoryStore({ retention: { age: NaN } }), InvalidOptionError, "age");
  assertThrows(() => new MemoryStore({ retention: { events: 1.5 } }), InvalidOptionError, "events");
});
