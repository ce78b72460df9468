// Journals of the first format are read, and continued: in them a payload stands with its emit and once
// more with its activation, and a value that JSON cannot hold stands in `rest` as it is.

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fold } from "../../src/engine/apply.ts";
import type { ActivationCompleted, JobEvent } from "../../src/engine/job_event.ts";
import { isSame } from "../../src/store/conformance/is_same.ts";
import {
  completedWith,
  jobAfter,
  SAMPLE_FLOW,
  started,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { migrate, MIGRATIONS } from "../../src/store/schema.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { toBytes } from "../../src/data/structured_bytes.ts";
import { Folder } from "./folder.ts";

const LARGE = "x".repeat(5_000);

/** As it was before activations named their emits. */
function old(jobId: string, seq: number, payload: unknown): ActivationCompleted {
  const event = completedWith(jobId, seq, payload);
  return { ...event, queued: event.queued.map(({ emit: _, ...activation }) => activation) };
}

/** The list that stood for an event. */
function packed(event: ActivationCompleted): unknown[] {
  const { seq, at, activationId, routineId, slot, attempt, workerId, startedAt, endedAt } = event;
  const { emits, ...effects } = event.effects;
  return [
    ...[2, seq, at, activationId, routineId, slot, attempt, workerId, startedAt, endedAt],
    emits.map(({ event, payload, timestamp }) => [event, payload, timestamp]),
    event.queued.map((one) => [one.activationId, "b", one.slot, one.payload, one.event]),
    ...[0, effects],
  ];
}

/** The events of a job in such a journal, which has a snapshot after the second. */
function makeOld(path: string): JobEvent[] {
  const db = new DatabaseSync(path);
  migrate(db, path, MIGRATIONS.slice(0, 1));
  const { flowId, lines } = SAMPLE_FLOW;
  db.prepare("INSERT INTO flows VALUES (1, ?, ?)").run(flowId, JSON.stringify(lines));
  db.prepare("INSERT INTO jobs VALUES (1, 'old', 1, 'running', 1, NULL)").run();
  const others = [old("old", 3, new Map([[1, LARGE]])), old("old", 4, 5n)];
  const events = [startedWith("old", 1, LARGE), old("old", 2, LARGE), ...others, old("old", 5, 6)];
  const add = db.prepare("INSERT INTO events (job, last_seq, text, rest) VALUES (1, ?, ?, ?)");
  add.run(1, JSON.stringify([events[0]]), null);
  add.run(2, JSON.stringify([packed(old("old", 2, LARGE))]), null);
  add.run(5, JSON.stringify([0, 1, packed(old("old", 5, 6))]), toBytes(others));
  const job = jobAfter(started("old"), 2, "x");
  db.prepare("INSERT INTO snapshots VALUES (1, 2, ?)").run(toBytes(job));
  db.close();
  return events;
}

Deno.test("SqliteStore.read() reads the first journal format", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const events = makeOld(path);
  using store = new SqliteStore(path);
  const read = store.read("old");
  assert(read !== undefined);
  assert(read.events.every((event, i) => isSame(event, events[i])));
  assertEquals(read.events.length, events.length);
  assertEquals(read.snapshot, jobAfter(started("old"), 2, "x"));
  assertEquals(store.latest("old")?.events.map(({ seq }) => seq), [3, 4, 5]);
});

Deno.test("SqliteStore.isStartedWith() compares payloads of the first format", () => {
  using folder = new Folder();
  makeOld(folder.path("jobs.db"));
  using store = new SqliteStore(folder.path("jobs.db"));
  const entry = { routineId: "a", slot: "in" };
  assertEquals(store.isStartedWith("old", { ...entry, payload: LARGE }), true);
  assertEquals(store.isStartedWith("old", { ...entry, payload: "another" }), false);
});

Deno.test("SqliteStore.append() continues the first journal format", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const events = makeOld(path);
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    store.append([completedWith("old", 6, LARGE)]);
    store.snapshot(fold(store.read("old")?.events ?? []));
  }
  using store = new SqliteStore(path);
  assertEquals(store.read("old")?.events, [...events, completedWith("old", 6, LARGE)]);
  const { live } = store.latest("old")?.snapshot ?? {};
  assertEquals(live?.get("old:2b")?.activation.payload, LARGE);
  assertEquals(live?.get("old:6b")?.activation.payload, LARGE);
});
