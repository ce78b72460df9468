// The length of a list says nothing of what it holds. No step of a job walks through gaps one by one: with
// thousands of millions of them, these tests would not end.

import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { StoreValueError } from "@millrace/flow/errors";
import { assertStorable } from "../../src/store/assert_storable.ts";
import { measure } from "../../src/store/value_encoding.ts";
import { keeper } from "../routines/keeper.ts";

/** A list whose only item is far from its begin. */
function byId(item: unknown): unknown[] {
  const list: unknown[] = [];
  list[2 ** 31] = item;
  return list;
}

for (const [name, make] of [["MemoryStore", memory], ["SqliteStore", sqlite]] as const) {
  Deno.test(`Flow keeps a list with a single item and a large index in a ${name}`, async () => {
    using store = make();
    await using flow = new Flow({ maxWorkers: 1, store: store.store }).add("keeper", keeper);
    const start = () => flow.start("keeper.value", byId({ name: "Ada" }), { jobId: "job" });
    const job = await start().waitForCompletion();
    assertEquals([job.status, job.error?.message], ["completed", undefined]);
    assertEquals((job.sharedData.value as unknown[]).length, 2 ** 31 + 1);
    assert(JSON.stringify(job).includes("Ada"));
    if (!store.store.isDurable) return;
    start();
    assertThrows(() => flow.start("keeper.value", byId({ name: "Eve" }), { jobId: "job" }));
  });
}

Deno.test("assertStorable() finds values that cannot be stored in a sparse list and in its fields", () => {
  const pathOf = (value: unknown) =>
    assertThrows(() => assertStorable(value, "payload"), StoreValueError).path;
  assertEquals(pathOf(byId(new Blob())), "payload[2147483648]");
  assertEquals(pathOf(Object.assign(byId(1), { note: new Blob() })), "payload.note");
  assertEquals(pathOf(Object.assign([1, 2], { note: new Blob() })), "payload.note");
  assertEquals(pathOf(new Set([1, [new Blob()]])), "payload[1][0]");
  assertStorable(byId({ name: "Ada" }), "payload");
});

Deno.test("measure() counts the items of a list, and not its gaps", () => {
  const { size, isJson } = measure(byId("Ada"));
  assert(!isJson && size < 100);
});

function memory() {
  return { store: new MemoryStore(), [Symbol.dispose]: () => {} };
}

function sqlite() {
  const folder = Deno.makeTempDirSync();
  const store = new SqliteStore(`${folder}/journal.db`);
  return {
    store,
    [Symbol.dispose]() {
      store.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}
