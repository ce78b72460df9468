import {
  ActivationTimeoutError,
  ClosedError,
  InvalidOptionError,
  UncloneableValueError,
  UnknownSlotError,
} from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { idler } from "../routines/basics.ts";
import { receiver, sender } from "../routines/emits.ts";
import { thrower } from "../routines/errors.ts";
import { gate } from "../routines/gates.ts";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { effective } from "../routines/workers.ts";
import { until } from "./until.ts";

const pool = sharedPool(1);

Deno.test("WorkerPool.run() returns the effects of the routine", async () => {
  const { emits, sharedData, sharedLog, routineState } = await pool.run(effective, "all", "Ada");
  assertEquals(emits.map(({ event, payload }) => [event, payload]), [
    ["said", "hello, Ada."],
    ["counted", { n: 1 }],
  ]);
  assertEquals(
    new Map(sharedData.map(({ key, ...write }) => [key, write])),
    new Map<string, object>([
      ["name", { value: "Ada" }],
      ["old", { deleted: true }],
      ["count", { value: 1 }],
    ]),
  );
  assertEquals(sharedLog.map(({ data }) => data), [{ greeted: "Ada" }]);
  assertEquals(routineState, { last: "Ada" });
});

Deno.test("WorkerPool.run() returns no effects of an idle routine", async () => {
  assertEquals(await pool.run(idler, "go"), { emits: [], sharedData: [], sharedLog: [] });
});

Deno.test("WorkerPool.run() merges flushed effects with later ones", async () => {
  const { emits, sharedData, sharedLog, routineState } = await pool.run(effective, "inParts");
  assertEquals(emits.map(({ payload }) => payload), ["one", "two"]);
  assertEquals(sharedData, [{ key: "n", value: 2 }]);
  assertEquals(sharedLog.map(({ data }) => data), [{ first: 1, both: 1 }]);
  assertEquals(routineState, { first: 1, second: 2, both: 2 });
});

Deno.test("WorkerPool.run() starts without data or ids of a job", async () => {
  await pool.run(effective, "all", "Ada");
  const { sharedLog } = await pool.run(effective, "readsBack");
  assertEquals(sharedLog[0]?.data, [[], {}, ["", "", "", 1]]);
});

Deno.test("RunOptions.config applies to one run", async () => {
  const [changed, plain] = await Promise.all([
    pool.run(effective, "all", "Ada", { config: { greeting: "good morning" } }),
    pool.run(effective, "all", "Ada"),
  ]);
  assertEquals(changed.emits[0]?.payload, "good morning, Ada.");
  assertEquals(plain.emits[0]?.payload, "hello, Ada.");
});

Deno.test("WorkerPool.run() rejects with the routine's error", async () => {
  const error = await assertRejects(() => pool.run(thrower, "whole")) as Error & {
    readonly code: string;
    readonly slot: string;
    readonly workerId: string;
  };
  assertEquals([error.name, error.message, error.code], ["QuotaError", "no more today", "E_QUOTA"]);
  assertInstanceOf(error.cause, TypeError);
  assertEquals(error.slot, "whole");
  assertMatch(error.workerId, /^w\d+$/);
  assertStringIncludes(error.stack ?? "", "routines/errors.ts");
});

Deno.test("WorkerPool.run() executes queued runs in order", async () => {
  const runs = [1, 2, 3, 4, 5].map((n) => pool.run(effective, "all", String(n)));
  const times = (await Promise.all(runs)).map(({ emits }) => emits[0]?.timestamp ?? NaN);
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("RunOptions.transfer moves a buffer to the handler", async () => {
  const bytes = new Uint8Array(1_000).fill(1);
  const { emits } = await pool.run(receiver, "bytes", { bytes }, { transfer: [bytes.buffer] });
  assertEquals([bytes.byteLength, emits[0]?.payload.bytes.byteLength], [0, 1_000]);
  const sent = await pool.run(sender, "moves", 10);
  assert(sent.emits[0]?.event === "bytes");
  assertEquals(sent.emits[0].payload.bytes, new Uint8Array(10).fill(7));
});

Deno.test("RunOptions.signal prevents a run when already aborted", async () => {
  const latches = newLatches();
  const reason = new Error("never mind");
  const options = { signal: AbortSignal.abort(reason) };
  assertStrictEquals(
    await assertRejects(() => pool.run(gate, "hold", { latches }, options)),
    reason,
  );
  await pool.run(idler, "go");
  assertEquals(countOf(latches, ARRIVED), 0);
});

Deno.test("RunOptions.signal revokes a queued run", async () => {
  const [first, second] = [newLatches(), newLatches()];
  const controller = new AbortController();
  const holding = pool.run(gate, "hold", { latches: first });
  await reached(first, ARRIVED);
  const { signal } = controller;
  const waiting = pool.run(gate, "hold", { latches: second }, { signal });
  const last = pool.run(idler, "go");
  controller.abort("no longer needed");
  assertEquals(await waiting.catch((reason) => reason), "no longer needed");
  arrive(first, RELEASED);
  await Promise.all([holding, last]);
  assertEquals(countOf(second, ARRIVED), 0);
});

Deno.test("RunOptions.signal aborts a running handler", async () => {
  const latches = newLatches();
  const controller = new AbortController();
  const running = pool.run(gate, "stoppable", { latches }, { signal: controller.signal });
  await reached(latches, ARRIVED);
  controller.abort(new Error("enough"));
  assertEquals((await assertRejects(() => running, Error)).message, "enough");
  await reached(latches, ABORTED);
  await until(() => pool.stats().busy === 0);
  assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("RunOptions.timeout aborts a running handler", async () => {
  const latches = newLatches();
  await pool.run(idler, "go");
  const error = await assertRejects(
    () => pool.run(gate, "stoppable", { latches }, { timeout: 1 }),
    ActivationTimeoutError,
  );
  for (const part of ['"stoppable"', "routines/gates.ts", "1 ms"]) {
    assertStringIncludes(error.message, part);
  }
  assertEquals(error.slot, "stoppable");
  await pool.run(idler, "go"); // the worker is free again
  assertEquals(countOf(latches, ABORTED), countOf(latches, ARRIVED));
});

Deno.test("RunOptions.timeout includes the time in the queue", async () => {
  const [first, second] = [newLatches(), newLatches()];
  const holding = pool.run(gate, "hold", { latches: first });
  await reached(first, ARRIVED);
  await assertRejects(
    () => pool.run(gate, "hold", { latches: second }, { timeout: 0 }),
    ActivationTimeoutError,
  );
  arrive(first, RELEASED);
  await holding;
  await pool.run(idler, "go");
  assertEquals(countOf(second, ARRIVED), 0);
});

Deno.test("WorkerPool.run() rejects invalid arguments with specific errors", async () => {
  const latches = newLatches();
  const holding = pool.run(gate, "hold", { latches });
  await reached(latches, ARRIVED);
  const unknown = await assertRejects(() => pool.run(idler, "come" as "go"), UnknownSlotError);
  assertStringIncludes(unknown.message, "choose one of go, item");
  const uncloneable = await assertRejects(
    () => pool.run(idler, "item", { f: () => {} }),
    UncloneableValueError,
  );
  assertEquals(uncloneable.path, "payload.f");
  const config = { greeting: (() => {}) as unknown as string };
  const configured = await assertRejects(
    () => pool.run(effective, "all", "Ada", { config }),
    UncloneableValueError,
  );
  assertEquals(configured.path, "config.greeting");
  for (const timeout of [-1, NaN]) {
    const error = await assertRejects(
      () => pool.run(idler, "go", undefined, { timeout }),
      InvalidOptionError,
    );
    assertEquals(error.option, "timeout");
  }
  arrive(latches, RELEASED);
  assertEquals((await holding).emits.length, 1);
});

Deno.test("WorkerPool.run() rejects with a ClosedError after close()", async () => {
  const closed = new WorkerPool();
  await closed.close();
  await assertRejects(() => closed.run(idler, "go"), ClosedError, "the pool is closed");
});
