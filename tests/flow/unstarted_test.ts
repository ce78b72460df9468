// Calls before the first start of a flow leave its graph changeable.

import { Flow } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals } from "@std/assert";
import { HandPool } from "../failure/hand_pool.ts";
import { collector } from "../routines/basics.ts";

const CALLS: Readonly<Record<string, (flow: Flow) => unknown>> = {
  "flush()": (flow) => flow.flush(),
  "whenCapacity()": (flow) => flow.whenCapacity(),
  "resume()": (flow) => {
    flow.pause();
    flow.resume();
  },
  "validate()": async (flow) => await flow.validate(),
  "preload()": (flow) => flow.preload(),
  "events()": (flow) => flow.events().return?.(),
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`Flow.${name} before the start leaves the graph changeable`, async () => {
    const flow = new Flow({ pool: new HandPool() });
    await call(flow);
    const job = flow.add("collector", collector).start("collector.item", 1);
    assertEquals(job.status, "running");
    await flow.close();
  });
}

Deno.test("FlowOptions.onStatus is called before the first start", async () => {
  for (const isStarted of [false, true]) {
    const seen: string[] = [];
    const closed = Promise.withResolvers<void>();
    const flow = new Flow({
      pool: new HandPool(),
      onStatus(status) {
        seen.push(status);
        if (status === "closed") closed.resolve();
      },
    }).add("collector", collector);
    if (isStarted) flow.start("collector.item", 1);
    flow.pause();
    flow.pause();
    flow.resume();
    flow.pause();
    await flow.close();
    await closed.promise;
    assertEquals(seen, ["paused", "running", "paused", "closed"], `started: ${isStarted}`);
  }
});

Deno.test("FlowOptions.onStatus is called once for an early pause", async () => {
  const seen: string[] = [];
  const onStatus = (status: string) => void seen.push(status);
  const flow = new Flow({ pool: new HandPool(), store: new MemoryStore(), onStatus })
    .add("collector", collector);
  flow.pause();
  const job = flow.start("collector.item", 1);
  await flow.flush();
  assertEquals([flow.status, job.status, seen], ["paused", "paused", ["paused"]]);
  await flow.close();
});

Deno.test("Flow.concurrency and Flow.maxWorkers are the effective limits", async () => {
  const given = { maxWorkers: 4, concurrency: 8 };
  const limits = ({ maxWorkers, concurrency }: Flow) => ({ maxWorkers, concurrency });
  await using concurrent = new Flow(given);
  assertEquals(limits(concurrent), given);
  await using sequential = new Flow({ executionStrategy: "sequential", ...given });
  assertEquals(limits(sequential), { maxWorkers: 1, concurrency: 1 });
});
