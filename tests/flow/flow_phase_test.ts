// What each phase of a flow takes and refuses, call by call.

import { Flow } from "@millrace/flow";
import {
  ClosedError,
  FlowStartedError,
  FlowValidationError,
  InvalidOptionError,
  UnknownJobError,
} from "@millrace/flow/errors";
import type { Pool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { HandPool } from "../failure/hand_pool.ts";
import { collector, relay } from "../routines/basics.ts";

type Sample = ReturnType<typeof newFlow>;

/** Every call of a flow but `close`; those for one job ask for one that there is not. */
const CALLS: Readonly<Record<string, (flow: Sample) => unknown>> = {
  add: (flow) => flow.add("late", collector),
  connect: (flow) => flow.connect("relay.item", "sink.item"),
  validate: (flow) => flow.validate(),
  preload: (flow) => flow.preload(),
  start: (flow) => flow.start("sink.item", 1),
  execute: (flow) => flow.execute("sink.item", 1),
  whenCapacity: (flow) => flow.whenCapacity(),
  recover: (flow) => flow.recover(),
  rerun: (flow) => flow.rerun("none", { from: "none/1" }),
  flush: (flow) => flow.flush(),
  pause: (flow) => flow.pause(),
  resume: (flow) => flow.resume(),
  "pause(job)": (flow) => flow.pause("none"),
  "resume(job)": (flow) => flow.resume("none"),
  cancel: (flow) => flow.cancel("none"),
  cancelActivation: (flow) => flow.cancelActivation("none", "none/1"),
  signal: (flow) => flow.signal("none", "go"),
  withdraw: (flow) => flow.withdraw("none", { signal: "go" }),
  job: (flow) => flow.job("none"),
  events: (flow) => flow.events().return?.(),
};

/** Calls that start jobs, of which the first ends the assembly. */
const STARTING: ReadonlySet<string> = new Set(["start", "execute", "recover", "rerun"]);

const CHANGING: ReadonlySet<string> = new Set(["add", "connect"]);

const FOR_ONE_JOB: ReadonlySet<string> = new Set(
  [
    ...["rerun", "pause(job)", "resume(job)"],
    ...["cancel", "cancelActivation", "signal", "withdraw"],
  ],
);

/** A pool that ends each job, so that `execute` does not wait for ever. */
class QuickPool extends HandPool {
  override wake(): void {
    queueMicrotask(() => {
      for (let task = this.take(); task !== undefined; task = this.take()) {
        task.begin("w1");
        const effects = { emits: [], sharedData: [], sharedLog: [] };
        task.end({ effects, execution: { workerId: "w1", startedAt: 0, endedAt: 0 } });
      }
    });
  }
}

function newFlow(pool: Pool = new QuickPool()) {
  const flow = new Flow({ id: "phased", pool, store: new MemoryStore() });
  return flow.add("relay", relay).add("sink", collector);
}

async function errorOf(flow: Sample, call: string): Promise<unknown> {
  try {
    await CALLS[call]!(flow);
  } catch (error) {
    return (error as Error).constructor;
  }
  return undefined;
}

for (const call of Object.keys(CALLS)) {
  const name = call.includes("(") ? call : `${call}()`;
  const expected = FOR_ONE_JOB.has(call) ? UnknownJobError : undefined;

  Deno.test(`Flow.${name} ${STARTING.has(call) ? "ends" : "continues"} the assembly`, async () => {
    await using flow = newFlow();
    assertEquals(await errorOf(flow, call), expected);
    const error = await errorOf(flow, "add");
    assertEquals(error, STARTING.has(call) ? FlowStartedError : undefined);
  });

  Deno.test(`Flow.${name} is ${CHANGING.has(call) ? "refused" : "taken"} by a running flow`, async () => {
    await using flow = newFlow();
    await flow.recover();
    assertEquals(await errorOf(flow, call), CHANGING.has(call) ? FlowStartedError : expected);
  });

  for (const isStarted of [true, false]) {
    const when = isStarted ? "closed" : "closed, never started";
    Deno.test(`Flow.${name} is refused by a flow that is ${when}`, async () => {
      const flow = newFlow();
      if (isStarted) await flow.recover();
      const closing = flow.close();
      assertEquals(await errorOf(flow, call), ClosedError);
      await closing;
      assertEquals(await errorOf(flow, call), ClosedError);
      assertEquals([flow.status, flow.error, flow.graph.nodes.length], ["closed", undefined, 2]);
    });
  }
}

Deno.test("Flow.close() before the first start attaches nothing", async () => {
  const attached: unknown[] = [];
  class SeenPool extends HandPool {
    override attach(): void {
      attached.push(this);
    }
  }
  const flow = newFlow(new SeenPool());
  flow.pause();
  await Promise.all([flow.close(), flow.close()]);
  assertEquals([attached, flow.status, flow.jobs.size], [[], "closed", 0]);
});

Deno.test("Flow.close() waits for the end of an earlier call", async () => {
  const flow = newFlow(new HandPool());
  const job = flow.start("sink.item", 1);
  const ends: string[] = [];
  const closes = ["first", "second"].map((name) => flow.close().then(() => void ends.push(name)));
  await Promise.all(closes);
  await flow.close();
  assertEquals([ends, job.status], [["first", "second"], "cancelled"]);
  assertStrictEquals(flow.jobs.get(job.jobId), job);
});

Deno.test("Flow.close() with an invalid option leaves the phase", async () => {
  for (const isStarted of [false, true]) {
    await using flow = newFlow();
    if (isStarted) await flow.recover();
    await assertRejects(() => flow.close({ jobs: "drop" as "keep" }), InvalidOptionError);
    assertEquals([flow.status, await errorOf(flow, "start")], ["running", undefined]);
  }
});

Deno.test("Flow.start() that the pool refuses leaves the flow in assembly", async () => {
  let refusals = 2;
  class ShyPool extends QuickPool {
    override attach(...args: Parameters<HandPool["attach"]>): void {
      if (refusals-- > 0) throw new ClosedError("the pool", {});
      super.attach(...args);
    }
  }
  await using flow = newFlow(new ShyPool());
  flow.pause();
  assertEquals(await errorOf(flow, "start"), ClosedError);
  assertEquals([flow.status, await errorOf(flow, "connect")], ["paused", undefined]);
  // The wiring is checked at each start until one succeeds.
  flow.connect("relay.nothing" as "relay.item", "sink.item");
  assertEquals(await errorOf(flow, "start"), FlowValidationError);
  assertEquals(refusals, 1);
});

Deno.test("Flow.pause() in assembly pauses the first job", async () => {
  await using flow = newFlow(new HandPool());
  flow.pause();
  assertEquals(flow.status, "paused");
  const job = flow.start("sink.item", 1);
  assertEquals([flow.status, job.status], ["paused", "paused"]);
  flow.resume();
  assertEquals([flow.status, job.status], ["running", "running"]);
  assertThrows(() => flow.add("late", collector), FlowStartedError);
});
