// Payloads that a journal holds once for several activations: those of a fallback, of `$error`, and of a
// signal.

import type { JobEvent } from "@millrace/flow";
import { SqliteStore, type SqliteStoreOptions } from "@millrace/flow/sqlite";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { StoreVersionError } from "../../src/errors/store_errors.ts";
import { fold } from "../../src/engine/apply.ts";
import type { Activation, Wait } from "../../src/engine/job_event.ts";
import { isSame } from "../../src/store/conformance/is_same.ts";
import {
  changed,
  completed,
  completedWith,
  SAMPLE_FLOW,
  signalWith,
  skippedWith,
  started,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { copiesAmong } from "../../src/store/copied_payloads.ts";
import { encodeEvent } from "../../src/store/event_encoding.ts";
import { migrate, MIGRATIONS } from "../../src/store/schema.ts";
import { toBytes } from "../../src/data/structured_bytes.ts";
import { encodeValue, measure } from "../../src/store/value_encoding.ts";
import { encoded } from "./encoded.ts";
import { Folder } from "./folder.ts";

const LARGE = { text: "x".repeat(5_000) };

function opened(path: string, options?: SqliteStoreOptions): SqliteStore {
  const store = new SqliteStore(path, options);
  store.open(SAMPLE_FLOW);
  return store;
}

/** The numbers of the events whose large values a journal holds. */
function holders(path: string): number[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT seq FROM cells ORDER BY seq, place").all();
  db.close();
  return rows.map(({ seq }) => Number(seq));
}

/** The end of an activation of `queued`, which releases its payload. */
function ended(jobId: string, seq: number, { activationId }: Activation): JobEvent {
  return { ...completed(jobId, seq), activationId, queued: [] };
}

Deno.test("copiesAmong() finds the equal payloads of one event", () => {
  const of = (payload: unknown, event = "item") => ({
    ...completedWith("a", 1, payload).queued[0]!,
    event,
  });
  const list = [1, "text", { a: [1] }].map((payload) => [of(payload), of(payload), of(payload)]);
  assertEquals(list.map((queued) => [...copiesAmong(queued)]), [
    [],
    [[1, 0], [2, 0]],
    [[1, 0], [2, 0]],
  ]);
  const mixed = [of({ a: 1 }), of({ b: 1 }), of({ b: 1 }), of({ a: 1 }, "$error"), of({ a: 1 })];
  assertEquals([...copiesAmong(mixed)], [[2, 1], [4, 0]]);
});

Deno.test("decodeEvents() gives each receiver of a failure its own copy", () => {
  const values = [LARGE, { text: "small" }, new Map([[1, LARGE]]), 5n, "small", 1];
  for (const value of values) {
    const skipped = skippedWith("a", 2, value);
    const events: JobEvent[] = [
      skipped,
      { ...skipped, seq: 3, type: "activation_failed", handled: true },
      {
        ...{ type: "wait_expired", jobId: "a", seq: 4, at: 4, waitId: "a?1", routineId: "a" },
        ...{ error: skipped.error, handled: "skip", queued: skipped.queued },
      },
    ];
    const { decoded, cells } = encoded(events);
    const read = decoded("a");
    assert(read.every((event, i) => isSame(event, events[i])));
    const [first] = read;
    assert(first !== undefined && "queued" in first);
    const [one, other] = first.queued;
    if (typeof value === "object") assert(one?.payload !== other?.payload);
    if (value === LARGE) {
      const receivers = cells.map(({ receivers = [] }) => receivers.length);
      assertEquals(receivers, [2, 1, 2, 1, 2, 1]);
      const gone = decoded("a", false)[0];
      assert(gone !== undefined && "queued" in gone);
      assertEquals(gone.queued.map(({ dropped }) => dropped), [true, true, true]);
    }
  }
});

Deno.test("encodeEvent() leaves the form of a single receiver", () => {
  const skipped = skippedWith("a", 2, "small");
  const single = { ...skipped, queued: skipped.queued.slice(0, 1) };
  assertEquals(encodeEvent(single).text, JSON.stringify(single));
});

Deno.test("SqliteStore holds a shared payload until the last receiver has committed", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const skipped = skippedWith("a", 2, LARGE);
  const [first, second, renamed] = skipped.queued as [Activation, Activation, Activation];
  const beginning = [startedWith("a", 1, 1), skipped, ended("a", 3, first)];
  const payloadsIn = (store: SqliteStore) => {
    const event = store.read("a")?.events[1];
    assert(event !== undefined && "queued" in event);
    return event.queued.map(({ payload, dropped }) => dropped ?? payload);
  };
  {
    using store = opened(path);
    store.append(beginning);
    store.snapshot(fold(beginning));
    assertEquals(payloadsIn(store), [LARGE, LARGE, renamed.payload]);
  }
  using store = opened(path);
  const { live } = store.latest("a")?.snapshot ?? {};
  assertEquals(live?.get(second.activationId)?.activation, second);
  assertEquals(live?.get(renamed.activationId)?.activation, renamed);
  const end = ended("a", 4, second);
  store.append([end]);
  store.snapshot(fold([...beginning, end]));
  assertEquals(payloadsIn(store), [true, true, renamed.payload]);
});

for (const together of [true, false]) {
  const how = together ? "at once" : "later";
  Deno.test(`SqliteStore holds the payload of a signal that is delivered ${how} once`, () => {
    using folder = new Folder();
    const path = folder.path("jobs.db");
    const [received, delivered] = signalWith("a", 2, LARGE) as [JobEvent, JobEvent];
    const events = [started("a"), received, delivered];
    {
      using store = opened(path);
      store.append(events.slice(0, together ? 3 : 2));
      if (!together) store.append(events.slice(2));
      assertEquals(holders(path), [2]);
    }
    // Another process, which has not seen the signal, releases the payload as well.
    using store = opened(path);
    assertEquals(store.read("a")?.events, events);
    assertEquals(store.read("a", 2)?.events, [delivered]);
    assert(delivered.type === "signal_delivered");
    store.append([ended("a", 4, delivered.activation), changed("a", 5, "job_completed")]);
    assertEquals(store.read("a")?.events.slice(0, 3), events);
    const db = new DatabaseSync(path, { readOnly: true });
    assertEquals(db.prepare("SELECT * FROM receivers").all(), []);
    db.close();
  });
}

Deno.test("Retention.events drops the payload of a signal with its delivery", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  using store = opened(path, { retention: { events: 2 } });
  const [received, delivered] = signalWith("a", 2, LARGE) as [JobEvent, JobEvent];
  const events = [started("a"), received, completed("a", 3)];
  const later = [{ ...delivered, seq: 4 }, completed("a", 5)];
  for (const event of [...events, ...later]) store.append([event]);
  store.snapshot(fold([...events, ...later]));
  assertEquals(store.read("a")?.events, later);
  assert(delivered.type === "signal_delivered");
  const next = [ended("a", 6, delivered.activation), completed("a", 7), completed("a", 8)];
  for (const event of next) store.append([event]);
  store.snapshot(fold([...events, ...later, ...next]));
  assertEquals(store.read("a")?.events, next.slice(1));
  assertEquals(holders(path), []);
});

Deno.test("Retention.events keeps the payload of a signal for its delivery", () => {
  using folder = new Folder();
  using store = opened(folder.path("jobs.db"), { retention: { events: 1 } });
  const [received, delivered] = signalWith("a", 2, LARGE) as [JobEvent, JobEvent];
  const events = [started("a"), received, completed("a", 3)];
  for (const event of events) store.append([event]);
  // The signal's event goes, and it is still to be delivered, from the snapshot.
  store.snapshot(fold(events));
  assertEquals(store.latest("a")?.snapshot?.signals?.get(2)?.payload, LARGE);
  store.append([{ ...delivered, seq: 4 }]);
  assertEquals(store.read("a")?.events, [completed("a", 3), { ...delivered, seq: 4 }]);
});

/** A journal of the release before: each activation of a failure, and each delivery, has its own cell. */
function makeOld(path: string): JobEvent[] {
  const db = new DatabaseSync(path);
  migrate(db, path, MIGRATIONS.slice(0, 4));
  const { flowId, lines } = SAMPLE_FLOW;
  db.prepare("INSERT INTO flows VALUES (1, ?, ?)").run(flowId, JSON.stringify(lines));
  db.exec("INSERT INTO jobs VALUES (1, 'old', 1, 'running', 1, NULL, NULL)");
  const start = startedWith("old", 1, "x");
  const skipped = skippedWith("old", 2, LARGE);
  const [received, delivery] = signalWith("old", 3, LARGE) as [JobEvent, JobEvent];
  assert(received.type === "signal_received" && delivery.type === "signal_delivered");
  const { received: _, ...delivered } = delivery;
  // One more signal, which waits in the event as it is, as there were no cells at first.
  const early = { ...received, seq: 5, payload: { text: "early".padEnd(5_000, ".") } };
  const events: JobEvent[] = [start, skipped, received, delivered, early];
  const bare = (one: Activation) => ({ ...one, payload: 0 });
  const items = [
    start,
    [
      4,
      { ...skipped, queued: skipped.queued.map(bare) },
      [0, 1, 2].map((i) => [
        ...["queued", i, "payload"],
      ]),
    ],
    [4, { ...received, payload: 0 }, [["payload"]]],
    [4, { ...delivered, activation: bare(delivered.activation) }, [["activation", "payload"]]],
    early,
  ];
  db.prepare("INSERT INTO events VALUES (1, 1, 5, ?, NULL)").run(JSON.stringify(items));
  const cell = db.prepare("INSERT INTO cells VALUES (NULL, 1, ?, ?, 1, ?, ?, NULL)");
  const receiver = db.prepare("INSERT INTO receivers VALUES (1, ?, ?)");
  const add = (seq: number, place: number, payload: unknown, activation?: Activation) => {
    const { text } = encodeValue(payload, measure(payload), "payload");
    const { lastInsertRowid } = cell.run(seq, place, activation === undefined ? 0 : 1, text);
    if (activation !== undefined) receiver.run(activation.activationId, lastInsertRowid);
  };
  skipped.queued.forEach((one, i) => add(2, i, one.payload, one));
  add(3, 0, LARGE);
  add(4, 0, LARGE, delivered.activation);
  db.close();
  return events;
}

Deno.test("SqliteStore.read() reads a journal with a cell for each receiver", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const events = makeOld(path);
  assertThrows(() => new SqliteStore(path, { readOnly: true }).read("old"), StoreVersionError);
  {
    using store = opened(path);
    assertEquals(store.read("old")?.events, events);
    // The signal that its event holds itself is delivered by this release.
    const [, next] = signalWith("old", 5, { text: "early".padEnd(5_000, ".") });
    events.push(next!);
    store.append(events.slice(5));
    assertEquals(store.read("old")?.events, events);
    store.snapshot(fold(events));
  }
  using store = opened(path);
  assertEquals(store.read("old")?.events, events);
  assertEquals(store.latest("old")?.snapshot?.live, fold(events).live);
});

Deno.test("SqliteStore.latest() numbers the signals of an older snapshot below its events", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const waits: Wait = {
    ...{ waitId: "old?1", signal: "go", routineId: "a", slot: "in", activationId: "old:1" },
    ...{ since: 1, attempt: 1 },
  };
  const signals = [0, 1, 2].map((i) => ({ signal: "go", payload: `${i}`.padEnd(5_000, ".") }));
  makeOld(path);
  for (const held of [signals, new Map(signals.entries())]) {
    const job = fold([startedWith("old", 1, "x")]);
    const db = new DatabaseSync(path);
    db.prepare("REPLACE INTO snapshots VALUES (1, 5, ?)").run(
      toBytes({ ...job, seq: 5, signals: held, waits: new Map([[waits.waitId, waits]]) }),
    );
    db.close();
    using store = opened(path);
    const { snapshot } = store.latest("old") ?? {};
    assertEquals([...snapshot?.signals ?? []], [[-3, signals[0]], [-2, signals[1]], [
      -1,
      signals[2],
    ]]);
  }
});
