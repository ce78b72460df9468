// The interface between a flow and its tracing, with tracings that record the calls, or fail.

import { Flow } from "@millrace/flow";
import { InvalidOptionError, StoreValueError } from "@millrace/flow/errors";
import type { FlowTrace, JobEvent, TracedFlow, Tracing } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertThrows } from "@std/assert";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { HandPool } from "../failure/hand_pool.ts";
import { spy } from "./tracing_routines.ts";

const SPAN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** Records its calls as text. */
class Recording implements Tracing {
  readonly calls: string[] = [];
  flow: TracedFlow | undefined;

  open(flow: TracedFlow): FlowTrace {
    this.flow = flow;
    const add = (...call: unknown[]) => void this.calls.push(call.join(" "));
    return {
      event: ({ type, jobId }) => add(type, jobId),
      attempt: (jobId, { activationId }, attempt) => {
        add("attempt", jobId, activationId, attempt);
        return SPAN;
      },
      revoked: (jobId, activationId) => add("revoked", jobId, activationId),
      abandoned: (jobId, error) => add("abandoned", jobId, error.name),
      close: () => add("close"),
    };
  }

  /** Returns the calls since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }
}

function numbers(pool: HandPool, tracing: Tracing, store = new MemoryStore()) {
  return new Flow({ id: "numbers", pool, tracing, store })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
}

Deno.test("Tracing.open() sees events and attempts in order", async () => {
  const [pool, tracing] = [new HandPool(), new Recording()];
  const flow = numbers(pool, tracing);
  assertEquals(tracing.flow, undefined);
  const job = flow.start("fibonacci.n", 1, { jobId: "a" });
  assertEquals([tracing.flow?.flowId, tracing.flow?.queued, tracing.flow?.pool], [
    "numbers",
    1,
    pool,
  ]);
  assertEquals(tracing.take(), ["job_started a"]);
  pool.complete({ emits: [{ event: "result", payload: 1, timestamp: 0 }] });
  assertEquals(tracing.take(), [
    "attempt a a/1 1",
    "activation_started a",
    "activation_completed a",
  ]);
  const task = pool.take();
  flow.pause(job);
  assertEquals([task?.traceparent, ...tracing.take()], [
    SPAN,
    "attempt a a/2 1",
    "revoked a a/2",
    "job_paused a",
  ]);
  flow.resume(job);
  pool.complete();
  assertEquals(tracing.take(), [
    "job_resumed a",
    "attempt a a/2 1",
    "activation_started a",
    "activation_completed a",
    "job_completed a",
  ]);
  await job.waitForCompletion();
  await flow.rerun(job, { from: "a/2", jobId: "b" });
  assertEquals(tracing.take(), ["job_recovered b"]);
  await flow.close();
  assertEquals(tracing.take().slice(-2), ["job_cancelled b", "close"]);
});

Deno.test("Tracing.open() sees left and recovered jobs", async () => {
  const store = new MemoryStore();
  const tracing = new Recording();
  const flow = numbers(new HandPool(), tracing, store);
  flow.start("fibonacci.n", 1, { jobId: "a" });
  await flow.close({ jobs: "keep" });
  assertEquals(tracing.take(), ["job_started a", "job_left a", "close"]);
  await using later = numbers(new HandPool(), tracing, store);
  await later.recover();
  assertEquals(tracing.take(), ["job_recovered a"]);
});

Deno.test("FlowTrace.abandoned() reports jobs that the store refuses", async () => {
  class Refusing extends MemoryStore {
    override append(events: readonly JobEvent[]): void {
      for (const { type } of events) {
        if (type === "activation_completed") throw new StoreValueError(type, "is refused");
      }
      return super.append(events);
    }
  }
  const [pool, tracing] = [new HandPool(), new Recording()];
  await using flow = numbers(pool, tracing, new Refusing());
  const job = flow.start("fibonacci.n", 1, { jobId: "a" });
  pool.complete();
  await job.waitForCompletion().catch(() => {});
  assertEquals(tracing.calls.at(-1), "abandoned a StoreValueError");
});

Deno.test("FlowTrace errors reach the console once", async () => {
  const fail = (): never => {
    throw new RangeError("the tracing fails");
  };
  const traceOf = (fails: () => never): FlowTrace => ({
    event: fails,
    attempt: fails,
    revoked: fails,
    abandoned: fails,
    close: fails,
  });
  // The types allow async functions, whose failures would end the program.
  const failLater = (async () => {
    await Promise.resolve();
    fail();
  }) as unknown as () => never;
  const opens = [() => traceOf(fail), () => traceOf(failLater), fail];
  for (const open of opens) {
    const tracing = { open };
    const { error: write } = console;
    const said: unknown[] = [];
    console.error = (...values: unknown[]) => void said.push(...values);
    try {
      const pool = new HandPool();
      await using flow = numbers(pool, tracing);
      const job = flow.start("fibonacci.n", 1);
      pool.complete();
      assertEquals((await job.waitForCompletion()).status, "completed");
    } finally {
      console.error = write;
    }
    assertEquals(said.map(String), ["RangeError: the tracing fails"]);
  }
});

Deno.test("FlowTrace.attempt() may return anything", async () => {
  const pool = new HandPool();
  const tracing = new Recording();
  const trace = tracing.open({ flowId: "", queued: 0, pool });
  const attempt = () => (() => {}) as unknown as string;
  await using flow = numbers(pool, { open: () => ({ ...trace, attempt }) });
  flow.start("fibonacci.n", 1);
  assertEquals(pool.take()?.traceparent, undefined);
});

Deno.test("Tracing.workerModule calls handlers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const tracing = new Recording();
  const seen = async (workerModule?: string) => {
    const open = (flow: TracedFlow) => tracing.open(flow);
    const traced = workerModule === undefined ? { open } : { open, workerModule };
    await using flow = new Flow({ pool, tracing: traced }).add("spy", spy);
    const job = await flow.execute("spy.look");
    return job.sharedData.seen;
  };
  const module = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const sets = `globalThis.traceparents ??= []; globalThis.traceparents.push(traceparent); call();`;
  assertEquals(await seen(), undefined);
  assertEquals(await seen(module(`export function runInTrace(traceparent, call) { ${sets} }`)), [
    SPAN,
  ]);
  // A module that fails is written to the console of the worker, and its flow goes on.
  assertEquals(await seen(module("throw new Error('expected in the output of this test')")), [
    SPAN,
  ]);
});

Deno.test("Flow refuses a tracing without open()", () => {
  assertThrows(() => new Flow({ tracing: {} as Tracing }), InvalidOptionError, "tracing");
});
