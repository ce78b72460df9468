// No row of a dropped job remains, so that none can become part of another job.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { fold } from "../../src/engine/apply.ts";
import { StoreJobError } from "../../src/errors/store_errors.ts";
import {
  changed,
  completedWith,
  jobAfter,
  SAMPLE_FLOW,
  started,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { migrate, MIGRATIONS, numberOf } from "../../src/store/schema.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { Folder } from "./folder.ts";

/** The tables whose rows belong to a job. */
const TABLES = ["events", "snapshots", "cells", "receivers"] as const;

/** Counts the rows of a closed store that belong to no job, by table. */
function orphans(path: string): Record<string, number> {
  const db = new DatabaseSync(path);
  try {
    const left = "WHERE job NOT IN (SELECT id FROM jobs)";
    return Object.fromEntries(
      TABLES.map((table) => [table, numberOf(db, `SELECT count(*) FROM ${table} ${left}`)]),
    );
  } finally {
    db.close();
  }
}

const NO_ORPHANS = { events: 0, snapshots: 0, cells: 0, receivers: 0 };

/** Changes to one job. A change that is not possible is refused, and has no effect. */
const DEEDS: Readonly<Record<string, (store: SqliteStore, jobId: string) => void>> = {
  start: (store, jobId) => store.append([startedWith(jobId, 1, "x".repeat(2_000))]),
  goOn: (store, jobId) =>
    store.append([completedWith(jobId, next(store, jobId), "y".repeat(2_000))]),
  end: (store, jobId) => store.append([changed(jobId, next(store, jobId), "job_completed")]),
  live: (store, jobId) =>
    store.append([started(jobId), completedWith(jobId, 2, 3), changed(jobId, 3, "job_failed")]),
  snapshot: (store, jobId) => store.snapshot(fold(store.read(jobId)?.events ?? [])),
  snapshotOfGone: (store, jobId) => store.snapshot(jobAfter(started(jobId), 3, "gone")),
  delete: (store, jobId) => void store.delete(jobId),
};

function next(store: SqliteStore, jobId: string): number {
  return (store.read(jobId)?.events.at(-1)?.seq ?? 0) + 1;
}

Deno.test("SqliteStore.delete() and retention leave no orphaned rows", () => {
  const deed = fc.tuple(fc.constantFrom(...Object.keys(DEEDS)), fc.constantFrom("a", "b", "c"));
  const lives = fc.array(fc.array(deed, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
  const retention = fc.record({
    jobs: fc.nat(2),
    events: fc.constantFrom(1, Infinity),
    payloads: fc.boolean(),
  });
  fc.assert(
    fc.property(retention, lives, (retention, lives) => {
      using folder = new Folder();
      const path = folder.path("jobs.db");
      const numbers = new Map<string, string>();
      for (const deeds of lives) {
        {
          using store = new SqliteStore(path, { retention });
          store.open(SAMPLE_FLOW);
          for (const [what, jobId] of deeds) {
            try {
              DEEDS[what]!(store, jobId);
            } catch {
              // The change was not possible.
            }
            for (const { cursor, jobId } of store.jobs()) {
              const number = cursor.split("/").at(-1)!;
              assertEquals(numbers.getOrInsertComputed(number, () => jobId), jobId);
            }
          }
        }
        assertEquals(orphans(path), NO_ORPHANS);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("SqliteStore.snapshot() refuses a job dropped at its end", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using store = new SqliteStore(path, { retention: { jobs: 0 } });
    store.open(SAMPLE_FLOW);
    const events = [started("a"), completedWith("a", 2, 1), changed("a", 3, "job_completed")];
    store.append(events);
    assert(!store.isSnapshotDue(fold(events)));
    assertThrows(() => store.snapshot(fold(events)), StoreJobError);
    store.append([started("b")]);
    assertEquals(store.latest("b"), { snapshot: undefined, events: [started("b")] });
  }
  assertEquals(orphans(path), NO_ORPHANS);
});

Deno.test("SqliteStore never reuses the number of a job", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const cursors = new Set<string | undefined>();
  for (const jobId of ["a", "b", "c"]) {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    store.append([started(jobId), changed(jobId, 2, "job_completed")]);
    cursors.add(store.jobs()[0]?.cursor);
    store.delete(jobId);
  }
  assertEquals(cursors.size, 3);
});

Deno.test("migrate() removes only the orphaned rows of dropped jobs", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const db = new DatabaseSync(path);
  migrate(db, path, MIGRATIONS.slice(0, 3));
  const { flowId, lines } = SAMPLE_FLOW;
  db.prepare("INSERT INTO flows VALUES (1, ?, ?)").run(flowId, JSON.stringify(lines));
  db.exec(`
    INSERT INTO jobs VALUES (7, 'a', 1, 'running', 1, NULL, NULL);
    INSERT INTO events VALUES (1, 8, 1, '[]', NULL);
    INSERT INTO snapshots VALUES (8, 2, x'00');
    INSERT INTO cells VALUES (1, 8, 1, 0, 1, 1, 'x', NULL);
    INSERT INTO receivers VALUES (8, 'gone:0', 1);
  `);
  const add = db.prepare("INSERT INTO events VALUES (2, 7, 1, ?, NULL)");
  add.run(JSON.stringify([started("a")]));
  db.close();
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    assertEquals(store.read("a"), { snapshot: undefined, events: [started("a")] });
    store.append([started("b")]);
    assertEquals(store.latest("b"), { snapshot: undefined, events: [started("b")] });
    store.append([changed("a", 2, "job_completed")]);
    store.delete("a");
  }
  assertEquals(orphans(path), NO_ORPHANS);
});
