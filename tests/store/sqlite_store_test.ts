import { assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { ClosedError, InvalidOptionError } from "../../src/errors/call_errors.ts";
import { StoreJobError, StoreValueError, StoreWriteError } from "../../src/errors/store_errors.ts";
import {
  begun,
  changed,
  completed,
  completedWith,
  jobAfter,
  SAMPLE_FLOW,
  started,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { SqliteStore, type SqliteStoreOptions } from "../../src/store/sqlite_store.ts";
import { Folder } from "./folder.ts";

/** Does something with a new store, which is gone afterwards. */
function withStore(
  options: SqliteStoreOptions,
  work: (store: SqliteStore, forgotten: string[], path: string) => void,
): void {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  using store = new SqliteStore(path, options);
  const forgotten: string[] = [];
  store.open(SAMPLE_FLOW, (jobId) => forgotten.push(jobId));
  work(store, forgotten, path);
}

Deno.test("SqliteStore.append() refuses unstorable values atomically", () => {
  withStore({}, (store, _, path) => {
    store.append([started("a")]);
    const blob = { files: [new Blob(["x"])] };
    const error = assertThrows(
      () => store.append([completed("a", 2), started("b"), completedWith("a", 3, blob)]),
      StoreValueError,
      "payload.files[0] is an instance of Blob",
    );
    assertEquals(error.path, "activation_completed.effects.emits[0].payload.files[0]");
    using other = new SqliteStore(path, { readOnly: true });
    assertEquals(other.jobs().map((job) => job.jobId), ["a"]);
    assertEquals(other.read("a")?.events, [started("a")]);
    const held = new Map<unknown, unknown>([[1n, new Date(0)], ["self", undefined]]);
    held.set("self", held);
    store.append([completedWith("a", 2, held)]);
    const [, event] = other.read("a")?.events ?? [];
    assertEquals(event, completedWith("a", 2, held));
  });
});

Deno.test("SqliteStore.startsSince() returns starts despite clocks ahead", () => {
  withStore({}, (store, _, path) => {
    const hour = 3_600_000;
    const from = Date.now();
    const start = (seq: number, at: number) => {
      return { ...begun("a", seq), at, counted: { key: `${seq}`, until: at + hour } };
    };
    store.append([started("a"), start(2, from)]);
    store.close();
    using again = new SqliteStore(path);
    again.open(SAMPLE_FLOW);
    // As if by a job that began before the system clock was set back.
    again.append([start(3, from + 2 * hour)]);
    assertEquals(again.startsSince(SAMPLE_FLOW.flowId, from).map(({ key }) => key), ["2", "3"]);
  });
});

Deno.test("SqliteStore.prepare() encodes events once", () => {
  withStore({}, (store) => {
    let reads = 0;
    const event: JobEvent = {
      type: "activation_progressed",
      ...{ jobId: "a", seq: 2, at: 2, activationId: "a:1", routineId: "a", slot: "in", attempt: 1 },
      get data() {
        reads++;
        return { size: 1 };
      },
    };
    store.append([started("a")]);
    store.prepare([event]);
    const before = reads;
    assertGreater(before, 0);
    store.append([event]);
    assertEquals(reads, before);
    assertEquals(store.read("a")?.events[1], { ...event, data: { size: 1 } });
  });
});

Deno.test("SqliteStore.append() splits long batches into rows", () => {
  withStore({}, (store, _, path) => {
    const events = Array.from(
      { length: 3_000 },
      (_, i) => completedWith("a", i + 2, "x".repeat(900)),
    );
    store.append([started("a"), ...events]);
    const db = new DatabaseSync(path, { readOnly: true });
    const { rows, longest } = db
      .prepare("SELECT count(*) AS rows, max(length(text)) AS longest FROM events").get() ?? {};
    db.close();
    assertGreater(Number(rows), 4);
    assertLess(Number(longest), 2 ** 20 + 10_000);
  });
});

Deno.test("SqliteStore.isSnapshotDue() counts bytes and job ends", () => {
  withStore({}, (store) => {
    const job = jobAfter(started("a"), 3, "x");
    const ended = { ...job, endedAt: 5, status: "completed" as const };
    store.append([started("a"), completed("a", 2)]);
    assertEquals([store.isSnapshotDue(job), store.isSnapshotDue(ended)], [false, false]);
    store.append([completedWith("a", 3, "x".repeat(100_000))]);
    assertEquals([store.isSnapshotDue(job), store.isSnapshotDue(ended)], [false, true]);
    store.append([completedWith("a", 4, "x".repeat(5_000_000))]);
    assertEquals(store.isSnapshotDue(job), true);
    store.snapshot(job);
    assertEquals([store.isSnapshotDue(job), store.isSnapshotDue(ended)], [false, false]);
    assertEquals(store.isSnapshotDue({ ...job, jobId: "none" }), false);
  });
});

Deno.test("SqliteStore.isSnapshotDue() counts events of earlier processes", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const job = jobAfter(started("a"), 2, "x");
  const open = () => {
    const store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    return store;
  };
  {
    using store = open();
    store.append([started("a"), completedWith("a", 2, "x".repeat(5_000_000))]);
  }
  {
    using store = open();
    store.append([completed("a", 3)]);
    assertEquals(store.isSnapshotDue(job), true);
    store.snapshot({ ...job, seq: 3 });
  }
  using store = open();
  store.append([completed("a", 4)]);
  assertEquals(store.isSnapshotDue(job), false);
});

Deno.test("SqliteStore.append() omits the transfer list", () => {
  withStore({}, (store) => {
    const bytes = new Uint8Array([1, 2, 3]);
    const event = startedWith("a", 1, bytes);
    const activation = { ...event.activation, transfer: [bytes.buffer] };
    store.append([{ ...event, activation }]);
    store.snapshot({
      ...jobAfter(event, 1, "x"),
      live: new Map([["a:0", {
        activation,
        queuedAt: 1,
        state: "queued",
        dueAt: 1,
        attempt: 0,
        retries: 0,
        crashes: 0,
        flushes: 0,
        workerId: undefined,
      }]]),
    });
    const read = store.read("a");
    assertEquals(read?.events, [event]);
    assertEquals(read?.snapshot?.live.get("a:0")?.activation, event.activation);
  });
});

Deno.test("Retention.jobs limits and reports ended jobs", () => {
  withStore({ retention: { jobs: 2 } }, (store, forgotten) => {
    store.append(["a", "b", "c", "d"].map((jobId) => started(jobId)));
    for (const [at, jobId] of ["b", "d", "a"].entries()) {
      store.append([changed(jobId, 2, "job_failed", at)]);
    }
    assertEquals(forgotten, ["b"]);
    assertEquals(store.jobs().map((job) => job.jobId), ["d", "c", "a"]);
    assertEquals(store.read("b"), undefined);
    store.append([started("b")]);
  });
});

Deno.test("Retention.age drops ended jobs after a time", () => {
  withStore({ retention: { age: 100 } }, (store, forgotten) => {
    for (const at of [10, 100, 150]) {
      store.append([started(`j${at}`), changed(`j${at}`, 2, "job_completed", at)]);
    }
    assertEquals(forgotten, ["j10"]);
  });
});

Deno.test("Retention.events limits history before a snapshot", () => {
  withStore({ retention: { events: 3 } }, (store) => {
    store.append([started("a")]);
    for (let seq = 2; seq <= 20; seq++) store.append([completed("a", seq)]);
    assertEquals(store.read("a")?.events.length, 20);
    store.snapshot(jobAfter(started("a"), 18, "x"));
    const kept = store.read("a")?.events.map((event) => event.seq);
    assertEquals(kept, [16, 17, 18, 19, 20]);
    const [job] = store.unfinished(SAMPLE_FLOW.flowId);
    assertEquals(job?.events.map((event) => event.seq), [19, 20]);
  });
});

Deno.test("Retention.jobs bounds the file size", () => {
  withStore({ retention: { jobs: 4 } }, (store, _, path) => {
    const payload = "x".repeat(100_000);
    for (let i = 0; i < 300; i++) {
      store.append([startedWith(`j${i}`, i, payload), changed(`j${i}`, 2, "job_completed", i)]);
    }
    assertEquals(store.jobs().length, 4);
    assertLess(Deno.statSync(path).size, 8_000_000);
    assertLess(Deno.statSync(`${path}-wal`).size, 24_000_000);
  });
});

Deno.test("SqliteStoreOptions.readOnly refuses writes", () => {
  withStore({}, (store, _, path) => {
    using reader = new SqliteStore(path, { readOnly: true });
    assertThrows(() => reader.open(SAMPLE_FLOW), StoreWriteError, "readOnly");
    assertThrows(() => reader.append([started("a")]), StoreWriteError, "readOnly");
    store.append([started("a")]);
    assertEquals(reader.jobs().length, 1);
  });
});

Deno.test("SqliteStore.close() makes later calls throw", () => {
  withStore({}, (store) => {
    store.close();
    assertThrows(() => store.jobs(), ClosedError, "is closed");
    assertThrows(() => store.append([started("a")]), ClosedError);
  });
});

Deno.test("SqliteStore.append() refuses jobs of unopened flows", () => {
  withStore({}, (store) => {
    const stranger = { ...started("a"), flowId: "stranger" };
    assertThrows(() => store.append([stranger]), StoreJobError, "store open");
    assertThrows(() => store.append([started("a\0b")]), StoreValueError, "jobId");
  });
});

Deno.test("SqliteStoreOptions.synchronous refuses unknown values", () => {
  const synchronous = "off" as "normal";
  assertThrows(
    () => new SqliteStore("jobs.db", { synchronous }),
    InvalidOptionError,
    "synchronous",
  );
});

Deno.test("SqliteStore accepts a URL", () => {
  using folder = new Folder();
  const url = new URL(`file://${folder.path("my%20jobs.db")}`);
  new SqliteStore(url).close();
  assertEquals(Deno.statSync(folder.path("my jobs.db")).isFile, true);
});
