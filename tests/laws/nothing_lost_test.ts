// Law 7: a value that structured clone would quietly change is refused where it is emitted or stored,
// with the path of the offending field.

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { UncloneableValueError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import fc from "fast-check";
import { buried, loser, LOST, type Lost, type Order, PLACES } from "./refusal_routines.ts";
import { workerRuns } from "./runs.ts";

const keys = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/), fc.nat(3));
const orders: fc.Arbitrary<Order> = fc.record({
  place: fc.constantFrom(...PLACES),
  lost: fc.constantFrom(...Object.keys(LOST) as Lost[]),
  way: fc.array(keys, { maxLength: 4 }),
});

/** The beginning of the path of a value in each place. */
const PREFIX: Readonly<Record<Order["place"], string>> = {
  emit: 'payload of "output"',
  set: "sharedData.key",
  update: "sharedData.key",
  append: "sharedLog entry",
  patch: "routineState.field",
  progress: "progress",
};

Deno.test("RoutineContext refuses uncloneable values with their path", async () => {
  await using flow = new Flow({ maxWorkers: 2 }).add("loser", loser);
  await fc.assert(
    fc.asyncProperty(fc.array(orders, { minLength: 1, maxLength: 8 }), async (list) => {
      await Promise.all(list.map(async (order) => {
        const { status, error, sharedData, sharedLog } = await flow.execute("loser.order", order);
        assertEquals(status, "failed", `${order.lost} in ${order.place}`);
        assertInstanceOf(error, UncloneableValueError);
        assertEquals(error.path, PREFIX[order.place] + shown(order.way));
        assertEquals([error.routineId, error.slot], ["loser", "order"]);
        assertEquals([sharedData, sharedLog], [{}, []], "what came before it is gone as well");
      }));
    }),
    workerRuns(12),
  );
});

Deno.test("Flow.start() refuses uncloneable payloads", async () => {
  await using flow = new Flow({ maxWorkers: 1 }).add("loser", loser);
  fc.assert(fc.property(orders, (order) => {
    const payload = buried(order) as Order;
    const error = assertThrows(() => flow.start("loser.order", payload), UncloneableValueError);
    assertEquals(error.path, `payload${shown(order.way)}`);
    assertEquals(flow.jobs.size, 0);
  }));
});

Deno.test("WorkerPool.run() refuses uncloneable payloads", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const run = pool.run(loser, "order", buried(order) as Order);
      const error = await run.then(() => undefined, (error: unknown) => error);
      assertInstanceOf(error, UncloneableValueError);
      assertEquals(error.path, `payload${shown(order.way)}`);
    }),
  );
  assertEquals(pool.stats().live, 0, "no worker was needed to see it");
});

Deno.test("Flow.add() refuses an uncloneable config", () => {
  fc.assert(fc.property(orders, (order) => {
    const config = { field: buried(order) };
    const error = assertThrows(
      () => new Flow().add("loser", loser, { config }),
      UncloneableValueError,
    );
    assertEquals(error.path, `config of "loser".field${shown(order.way)}`);
  }));
});

function shown(way: Order["way"]): string {
  return way.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("");
}
