import { Flow } from "@millrace/flow";
import { SlotValidationError } from "@millrace/flow/errors";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { emitter } from "../routines/basics.ts";
import { orders } from "../routines/schemas.ts";
import { looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

for (const slot of ["sync", "async", "thenable"] as const) {
  Deno.test(`Schema converts the payload for the handler (${slot})`, async () => {
    await using flow = new Flow({ pool }).add("orders", orders);
    const job = await flow.execute(`orders.${slot}`, { item: "pen", count: "3" });
    assertEquals(job.sharedData, { order: { item: "pen", count: 3 } });
    const other = await flow.execute(`orders.${slot}`, { item: "ink" });
    assertEquals(other.sharedData, { order: { item: "ink", count: 1 } });
  });

  Deno.test(`SlotValidationError lists every issue (${slot})`, async () => {
    await using flow = looseFlow({ pool }).add("orders", orders);
    const job = await flow.execute(`orders.${slot}`, { item: 1, count: "many" });
    assertEquals([job.status, job.sharedData], ["failed", {}]);
    assertInstanceOf(job.error, SlotValidationError);
    assertEquals(job.error.issues, [
      { path: "item", message: "is not a text" },
      { path: "count.0", message: "is not a number" },
    ]);
    for (const part of [`orders.${slot}`, "item: is not a text", "count.0: is not a number"]) {
      assertStringIncludes(job.error.message, part);
    }
    assertEquals([job.error.routineId, job.error.slot], ["orders", slot]);
  });
}

Deno.test("Schema validates payloads from connections", async () => {
  await using flow = looseFlow({ pool })
    .add("emitter", emitter)
    .add("orders", orders)
    .connect("emitter.item", "orders.sync", { map: { name: "item" } });
  const good = await flow.execute("emitter.items", [{ name: "pen" }]);
  assertEquals([good.status, good.sharedData], [
    "completed",
    { order: { item: "pen", count: 1 } },
  ]);
  const bad = await flow.execute("emitter.items", [{ name: 7 }]);
  assertEquals(bad.status, "failed");
  assertInstanceOf(bad.error, SlotValidationError);
});

Deno.test("Schema fails the activation with its own error", async () => {
  await using flow = new Flow({ pool }).add("orders", orders);
  const job = await flow.execute("orders.broken", 1);
  assertInstanceOf(job.error, RangeError);
  assertEquals(job.error.message, "the schema itself fails");
});
