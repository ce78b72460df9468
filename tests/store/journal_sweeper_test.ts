import { assertEquals, assertGreater, assertLess } from "@std/assert";
import type { JobEvent } from "@millrace/flow";
import {
  changed,
  completedWith,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { Folder } from "./folder.ts";

/** Creates a store's file with ended jobs, and returns its path. */
function filled(folder: Folder, jobs: number): string {
  const path = folder.path("jobs.db");
  using store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  for (let i = 0; i < jobs; i += 500) {
    store.append(Array.from({ length: 500 }, (_, k) => ended(`job${i + k}`, 1)).flat());
  }
  return path;
}

function ended(jobId: string, at: number): JobEvent[] {
  return [started(jobId, at), changed(jobId, 2, "job_completed", at)];
}

/** Opens a file with a lower retention, and ends a job in it. */
function lowered(path: string): { store: SqliteStore; count: () => number; all: Promise<void> } {
  const store = new SqliteStore(path, { retention: { jobs: 10 } });
  const before = store.jobs().length;
  const { promise, resolve } = Promise.withResolvers<void>();
  // The timer of the sweeper does not prevent the program from exiting, so a second timer is needed.
  const given = setTimeout(resolve, 30_000);
  let forgotten = 0;
  store.open(SAMPLE_FLOW, () => {
    if (++forgotten < before - 9) return;
    clearTimeout(given);
    resolve();
  });
  store.append(ended("last", 2));
  return { store, count: () => forgotten, all: promise };
}

Deno.test("JournalSweeper drops a bounded number of jobs per step", async () => {
  using folder = new Folder();
  const { store, count, all } = lowered(filled(folder, 2_000));
  using _store = store;
  assertGreater(count(), 0);
  assertLess(count(), 1_000);
  await all;
  assertEquals(store.jobs().length, 10);
  assertEquals(store.jobs()[0]?.jobId, "last");
});

Deno.test("JournalSweeper drops large jobs one at a time", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    for (let i = 0; i < 14; i++) {
      const jobId = `job${i}`;
      // Each value is a row of its own.
      const large = "x".repeat(1_024);
      const parts = Array.from({ length: 2_000 }, (_, k) => completedWith(jobId, k + 2, large));
      store.append([started(jobId), ...parts, changed(jobId, 2_002, "job_completed", 1)]);
    }
  }
  const { store, count, all } = lowered(path);
  using _store = store;
  assertEquals(count(), 1);
  await all;
  assertEquals(store.jobs().length, 10);
});

Deno.test("JournalSweeper continues after the file was closed", async () => {
  using folder = new Folder();
  const path = filled(folder, 2_000);
  {
    using store = new SqliteStore(path, { retention: { jobs: 10 } });
    store.open(SAMPLE_FLOW);
    store.append(ended("first", 2));
    assertGreater(store.jobs().length, 1_000);
  }
  const left = lowered(path);
  using _store = left.store;
  await left.all;
  assertEquals(left.store.jobs().length, 10);
});
