// Backpressure in a routine with a limit: the activations that could make room may be those that wait for its place.

import { assertEquals } from "@std/assert";
import { defineRoutine, event, Flow, slot } from "@millrace/flow";

export const fan = defineRoutine(import.meta, {
  slots: { count: slot<number>() },
  events: { one: event<number>() },
  handlers: {
    count(count, ctx) {
      for (let i = 0; i < count; i++) ctx.emit("one", i);
    },
  },
});

export const limited = defineRoutine(import.meta, {
  slots: { one: slot<number>() },
  events: { two: event<number>() },
  handlers: {
    async one(one, ctx) {
      ctx.emit("two", one);
      await ctx.flush();
    },
  },
});

export const end = defineRoutine(import.meta, {
  slots: { two: slot<number>() },
  handlers: { two() {} },
});

Deno.test("AddOptions.concurrency lets emitters end if only they can make room", async () => {
  await using flow = new Flow({ maxWorkers: 2, concurrency: 8, highWaterMark: 2 })
    .add("fan", fan).add("limited", limited, { concurrency: 2 }).add("end", end)
    .connect("fan.one", "limited.one").connect("limited.two", "end.two");
  const job = flow.start("fan.count", 20);
  await job.waitForCompletion({ timeout: 20_000 });
  assertEquals([job.status, job.counts.completed], ["completed", 41]);
});
