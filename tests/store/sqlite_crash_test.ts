import { assert, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import { StoreLockedError } from "../../src/errors/store_errors.ts";
import { SAMPLE_FLOW } from "../../src/store/conformance/sample_events.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { Child } from "./child.ts";
import { Folder } from "./folder.ts";

/** Checks the jobs of the writer: each append is whole, in order, and there but once. */
function checkWhole(store: SqliteStore): number {
  const read = ["a", "b", "c"].map((jobId) => store.read(jobId)?.events.map((event) => event.seq));
  const [a = [], b = [], c = []] = read;
  const last = b.at(-1) ?? 0;
  assertEquals(last % 2, 1);
  assertEquals(b, Array.from({ length: last }, (_, i) => i + 1));
  // The other two may have been read a moment later or cut down to their latest events.
  for (const other of [a, c]) {
    assertGreaterOrEqual(other.at(-1) ?? 0, 1);
    assertEquals(other, other.map((_, i) => other[0]! + i));
  }
  return last;
}

Deno.test("SqliteStore.append() is atomic under SIGKILL", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  let before = 0;
  for (let round = 0; round < 6; round++) {
    await using writer = new Child("endless_writer.ts", path, round % 2 ? "full" : "normal");
    const first = Number(await writer.line());
    assertGreaterOrEqual(first, before);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    const acknowledged = Number((await writer.kill()).at(-1) ?? first);
    using store = new SqliteStore(path);
    before = checkWhole(store);
    assertGreaterOrEqual(before, acknowledged);
    assert(before <= acknowledged + 2);
    const ends = ["a", "b", "c"].map((jobId) => store.read(jobId)?.events.at(-1)?.seq);
    assertEquals(ends, [before, before, before]);
  }
  using store = new SqliteStore(path);
  const [a] = store.unfinished(SAMPLE_FLOW.flowId);
  assertEquals((a?.snapshot?.seq ?? 0) + (a?.events.length ?? 0), before);
});

Deno.test("SqliteStore.read() returns whole appends of another process", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  await using writer = new Child("endless_writer.ts", path);
  let acknowledged = Number(await writer.line());
  using store = new SqliteStore(path, { readOnly: true });
  for (let i = 0; i < 30; i++) {
    acknowledged = Number(await writer.line());
    assertGreaterOrEqual(checkWhole(store), acknowledged);
    assertEquals(store.jobs({ status: "running" }).length, 3);
  }
});

Deno.test("SqliteStore is locked until its writer is killed", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  await using writer = new Child("endless_writer.ts", path);
  await writer.line();
  const error = assertThrows(
    () => new SqliteStore(path),
    StoreLockedError,
    `process ${writer.pid}`,
  );
  assertEquals(error.writer?.pid, writer.pid);
  await writer.kill();
  using store = new SqliteStore(path);
  checkWhole(store);
});
