import { Flow, type JobEvent } from "@millrace/flow";
import { ClosedError, JobCancelledError } from "@millrace/flow/errors";
import type { OnStatus } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { runDeno } from "../run_deno.ts";
import { collector } from "../routines/basics.ts";
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
import { NO_WORKERS } from "./shared_pool.ts";
import { within } from "./within.ts";

Deno.test("Flow.close() cancels unfinished jobs and awaits their end", async () => {
  const flow = new Flow({ maxWorkers: 1 }).add("gate", gate).add("sink", collector);
  const ended = await flow.execute("sink.item", 1);
  const latches = newLatches();
  const executing = flow.start("gate.stoppable", { latches });
  const queued = flow.start("sink.item", 2);
  await reached(latches, ARRIVED);
  await flow.close();
  assertEquals(
    [ended.status, executing.status, queued.status],
    ["completed", "cancelled", "cancelled"],
  );
  assertEquals(countOf(latches, ABORTED), 1);
  assertInstanceOf(executing.error, JobCancelledError);
  assertInstanceOf(executing.error.cause, ClosedError);
});

Deno.test("Flow.close() settles every pending promise", async () => {
  const flow = new Flow({ maxWorkers: 1 }).add("gate", gate);
  const latches = newLatches();
  await flow.preload();
  const executed = flow.execute("gate.stoppable", { latches });
  const events = Array.fromAsync(flow.events());
  await reached(latches, ARRIVED);
  const waited = flow.start("gate.stoppable", { latches }).waitForCompletion();
  await Promise.all([flow.close(), flow.close()]);
  assertEquals([(await executed).status, (await waited).status], ["cancelled", "cancelled"]);
  assertEquals((await events).at(-1)?.type, "job_cancelled");
});

for (const call of ["execute", "preload", "validate"] as const) {
  Deno.test(`Flow.${call}() settles when closed during worker start`, async () => {
    const flow = new Flow({ maxWorkers: 1 }).add("sink", collector);
    const asked = call === "execute" ? flow.execute("sink.item", 1) : flow[call]();
    const settled = asked.then(() => "resolved", () => "rejected");
    await flow.close();
    const outcome = await within(settled);
    if (call !== "validate") assertEquals(outcome, "rejected");
  });
}

Deno.test("Flow.close() leaves ended jobs readable", async () => {
  const flow = new Flow({ maxWorkers: 1 }).add("sink", collector);
  const job = await flow.execute("sink.item", 1);
  await flow.close();
  assertStrictEquals(flow.jobs.get(job.jobId), job);
  assertEquals(job.sharedData, { sink: [1] });
  assertEquals(job.executionHistory.at(-1)?.event, "completed");
  assertEquals((await job.waitForCompletion()).status, "completed");
  assertEquals(flow.graph.nodes.map(({ id }) => id), ["sink"]);
});

Deno.test("Flow[Symbol.asyncDispose]() closes the flow", async () => {
  let left: Pick<Flow, "close" | "preload">;
  {
    await using flow = new Flow({ maxWorkers: 1 }).add("sink", collector);
    await flow.execute("sink.item", 1);
    left = flow;
  }
  await assertRejects(() => left.preload(), ClosedError);
});

/** Counts the workers of this thread, as a flow does not expose its own pool. */
class CountedWorkers implements Disposable {
  readonly #Worker = globalThis.Worker;
  readonly #live = new Set<Worker>();

  constructor() {
    const live = this.#live;
    globalThis.Worker = class extends this.#Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        live.add(this);
      }

      override terminate(): void {
        live.delete(this);
        super.terminate();
      }
    };
  }

  /** The number of workers that were started and not terminated. */
  get live(): number {
    return this.#live.size;
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#Worker;
  }
}

for (const jobs of ["keep", "cancel"] as const) {
  Deno.test(`Flow.close() ends its own workers (jobs: ${jobs})`, async () => {
    using workers = new CountedWorkers();
    const flow = new Flow({ maxWorkers: 2 }).add("sink", collector);
    await flow.preload();
    await flow.execute("sink.item", 1);
    assertEquals(workers.live, 2);
    await flow.close({ jobs });
    assertEquals(workers.live, 0);
  });
}

Deno.test("FlowOptions.pool stays open after Flow.close()", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  for (const n of [1, 2]) {
    await using flow = new Flow({ pool }).add("sink", collector);
    assertEquals((await flow.execute("sink.item", n)).sharedData, { sink: [n] });
  }
  assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPool.close() cancels the jobs of a flow", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.stoppable", { latches });
  const queued = flow.start("gate.stoppable", { latches });
  await reached(latches, ARRIVED);
  await pool.close();
  await Promise.all([job.waitForCompletion(), queued.waitForCompletion()]);
  assertEquals([job.status, queued.status], ["cancelled", "cancelled"]);
  assertEquals(pool.stats(), NO_WORKERS);
});

for (const call of ["start", "execute"] as const) {
  Deno.test(`Flow.${call}() throws ClosedError after WorkerPool.close()`, async () => {
    const pool = new WorkerPool({ maxWorkers: 1 });
    await using flow = new Flow({ pool }).add("sink", collector);
    assertEquals((await flow.execute("sink.item", 1)).status, "completed");
    await pool.close();
    const ended = async () => {
      const job = await flow[call]("sink.item", 2);
      await within(job.waitForCompletion());
    };
    await assertRejects(() => within(ended()), ClosedError);
  });
}

Deno.test("Flow.close() resolves for an unused flow", async () => {
  const flow = new Flow();
  await flow.close();
  await flow.close();
});

const PROGRAM = new URL("../routines/closing_program.ts", import.meta.url);
for (
  const [how, said] of [
    ["close", "completed"],
    ["await using", "completed"],
    ["pool", "ran"],
    ["not started", "nothing started"],
    ["at once", "cancelled"],
  ] as const
) {
  Deno.test(`Flow.close() lets the program exit (${how})`, async () => {
    const { code, stdout, stderr } = await runDeno(PROGRAM, [how]);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: `${said}\n`, stderr: "" });
  });
}

for (const jobs of ["keep", "cancel"] as const) {
  Deno.test(`JobState.waitForCompletion() rejects when a halted flow closes (${jobs})`, async () => {
    const store = new FullStore();
    const halted = Promise.withResolvers<void>();
    const onStatus: OnStatus = (status) => void (status === "halted" && halted.resolve());
    const flow = new Flow({ store, maxWorkers: 1, onStatus }).add("gate", gate);
    const latches = newLatches();
    const job = flow.start("gate.hold", { latches });
    await reached(latches, ARRIVED);
    store.isFull = true;
    arrive(latches, RELEASED);
    const waiting = assertRejects(() => job.waitForCompletion(), ClosedError);
    await halted.promise;
    await flow.close({ jobs });
    await within(waiting);
    await within(assertRejects(() => job.waitForCompletion()));
  });
}

/** Refuses every write once it is full. */
class FullStore extends MemoryStore {
  isFull = false;

  override append(events: readonly JobEvent[]): void {
    if (this.isFull) throw new Error("the store is full");
    super.append(events);
  }
}
