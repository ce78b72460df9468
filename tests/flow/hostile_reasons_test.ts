// A cancellation works with any reason, even if reading the reason throws.

import { Flow } from "@millrace/flow";
import { JobCancelledError } from "@millrace/flow/errors";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { HandPool } from "../failure/hand_pool.ts";
import { collector } from "../routines/basics.ts";

class ApiError extends Error {
  override get message(): string {
    throw new TypeError("no body");
  }
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function no(): never {
  throw new RangeError("no");
}

/** Returns a value that is nested too deeply for recursion. */
function deep(): object {
  let value = {};
  for (let i = 0; i < 20_000; i++) value = { value };
  return value;
}

const REASONS: Readonly<Record<string, unknown>> = {
  "an error without a message": new ApiError(),
  "a proxy of an error": new Proxy(new Error("a"), { get: no }),
  "a proxy that refuses all": new Proxy({}, { get: no, getPrototypeOf: no, ownKeys: no }),
  "a revoked proxy": revoked({}),
  "a revoked function": revoked(no),
  "a getter that throws": Object.defineProperty({}, "a", { get: no, enumerable: true }),
  "an object without a text": { toString: no },
  "a symbol": Symbol("s"),
  "undefined": undefined,
  "an object without a prototype": Object.create(null),
  "a deep value": deep(),
  "a promise": new Promise(() => {}),
};

for (const [name, reason] of Object.entries(REASONS)) {
  Deno.test(`Flow.cancel() accepts the reason ${name}`, async () => {
    const pool = new HandPool();
    const flow = new Flow({ pool, store: new MemoryStore() }).add("collector", collector);
    const controller = new AbortController();
    const { signal } = controller;
    const start = () => flow.start("collector.item", 1, { signal });
    const [begun, unbegun, cancelled, activation] = [start(), start(), start(), start()];
    pool.begin();
    flow.cancel(cancelled, reason);
    flow.cancelActivation(activation, `${activation.jobId}/1`, reason);
    controller.abort(reason);
    const jobs = [begun, unbegun, cancelled, activation];
    for (const job of jobs) await job.waitForCompletion();
    const statuses = jobs.map(({ status }) => status);
    assertEquals(statuses, ["cancelled", "cancelled", "cancelled", "completed"]);
    assertInstanceOf(begun.error, JobCancelledError);
    await flow.close();
  });
}
