// Handlers that go on from a checkpoint, over data that may repeat itself: each effect comes about once,
// wherever attempts fail and workers are lost.

import { RepeatMismatchError } from "@millrace/flow/errors";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engineRuns } from "../laws/runs.ts";
import { Attempts, type Context } from "./attempts.ts";

const failed = new RangeError("as planned");

/** A handler that emits items; it calls `step` where it may fail. */
type Kind = (ctx: Context, items: readonly string[], step: () => void) => Promise<void>;

const KINDS: Readonly<Record<string, Kind>> = {
  async "written after the emit"(ctx, items, step) {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < items.length; i++) {
      await ctx.emit("item", items[i]);
      step();
      ctx.routineState.patch({ next: i + 1 });
      step();
      if (i % 2 === 0) await ctx.flush();
    }
  },
  async "written after the emit by an update"(ctx, items, step) {
    const from = await ctx.sharedData.get<number>("cursor") ?? 0;
    for (let i = from; i < items.length; i++) {
      ctx.emit("item", items[i]);
      await ctx.sharedData.update("cursor", () => i + 1);
      step();
      await ctx.flush();
      step();
    }
  },
  async "written before the emit"(ctx, items, step) {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    for (let i = next; i < items.length; i++) {
      ctx.routineState.patch({ next: i + 1 });
      ctx.emit("item", items[i]);
      step();
      await ctx.flush();
      step();
    }
  },
  async "written after a status"(ctx, items, step) {
    const { next = 0 } = await ctx.routineState.get<{ next: number }>();
    ctx.sharedData.set("status", "running");
    for (let i = next; i < items.length; i++) {
      ctx.emit("item", items[i]);
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
      ctx.routineState.patch({ next: i + 1 });
      await ctx.flush();
      step();
    }
    ctx.sharedData.set("status", "done");
  },
  async "written for pages"(ctx, items, step) {
    const { page = 0 } = await ctx.routineState.get<{ page: number }>();
    for (let i = page; i * 3 < items.length; i++) {
      for (const one of items.slice(i * 3, i * 3 + 3)) ctx.emit("item", one);
      ctx.routineState.patch({ page: i + 1 });
      await ctx.flush();
      step();
    }
  },
  async "that asks for each item"(ctx, items, step) {
    for (const [i, one] of items.entries()) {
      if (await ctx.sharedData.has(`done ${i}`)) continue;
      ctx.emit("item", one);
      ctx.sharedData.set(`done ${i}`, true);
      await ctx.flush();
      step();
    }
  },
  async "that holds what is left"(ctx, items, step) {
    const left = await ctx.sharedData.get<string[]>("left") ?? [...items];
    for (const [i, one] of left.entries()) {
      ctx.emit("item", one);
      ctx.sharedData.set("left", left.slice(i + 1));
      await ctx.flush();
      step();
    }
  },
  async "that is a list made once"(ctx, items, step) {
    let list = await ctx.sharedData.get<string[]>("list");
    if (list === undefined) {
      list = [...items];
      ctx.sharedData.set("list", list);
      await ctx.flush();
    }
    step();
    for (const one of list) {
      await ctx.emit("item", one);
      step();
      await ctx.flush();
    }
    ctx.sharedData.set("finished", true);
  },
  async "that is a stage"(ctx, items, step) {
    const stage = await ctx.sharedData.get<number>("stage") ?? 0;
    const half = items.length >> 1;
    if (stage < 1) {
      for (const one of items.slice(0, half)) {
        await ctx.emit("item", one);
        step();
      }
      ctx.sharedData.set("stage", 1);
      await ctx.flush();
      step();
    }
    if (stage < 2) {
      for (const [i, one] of items.slice(half).entries()) {
        ctx.sharedData.set(`item ${i}`, one);
        await ctx.emit("item", one);
        step();
        await ctx.flush();
      }
      ctx.sharedData.set("stage", 2);
      await ctx.flush();
      step();
    }
  },
};

const payloads = fc.oneof(
  fc.constant(["tick"]),
  fc.constant(["on", "off"]),
  fc.constant(["", "a", "b"]),
  fc.constant(Array.from({ length: 30 }, (_, i) => `item ${i}`)),
);

const attempts = fc.array(
  fc.record({
    failsAt: fc.integer({ min: 0, max: 20 }),
    highWaterMark: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 5 })),
    lostAt: fc.option(
      fc.record({
        flush: fc.integer({ min: 1, max: 6 }),
        when: fc.constantFrom("before" as const, "after" as const),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 6 },
);

for (const [name, kind] of Object.entries(KINDS)) {
  Deno.test(`ctx.flush() goes on from a checkpoint ${name}`, async () => {
    const property = fc.asyncProperty(
      payloads,
      fc.integer({ min: 1, max: 24 }),
      attempts,
      async (alphabet, length, attempts) => {
        const items = Array.from({ length }, (_, i) => alphabet[i % alphabet.length] as string);
        const activation = new Attempts();
        const last = { failsAt: Infinity, highWaterMark: Infinity, lostAt: undefined };
        for (const attempt of [...attempts, last]) {
          let steps = 0;
          const step = () => {
            if (steps++ === attempt.failsAt) throw failed;
          };
          const error = await activation.run((ctx) => kind(ctx, items, step), attempt);
          assert(!(error instanceof RepeatMismatchError), error?.message);
          if (error === undefined) break;
        }
        assertEquals(activation.emitted, items);
        const { data } = activation;
        if (data.has("count")) assertEquals(data.get("count"), length);
        if (data.has("status")) assertEquals(data.get("status"), "done");
        if (name === "that is a list made once") assertEquals(data.get("finished"), true);
      },
    );
    await fc.assert(property, engineRuns(300));
  });
}

Deno.test("ctx.flush() finds a checkpoint that was written before many others", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    const stage = await ctx.sharedData.get<number>("stage") ?? 0;
    if (stage < 1) {
      ctx.sharedData.set("stage", 1);
      await ctx.flush();
    }
    for (let i = 0; i < 100; i++) ctx.sharedData.set(`out ${i}`, i);
    await ctx.flush();
    if (ctx.attempt === 1) throw failed;
    ctx.sharedData.set("stage", 2);
  };
  assertEquals(await activation.run(handler), failed);
  assertEquals(await activation.run(handler), undefined);
  assertEquals(activation.data.get("stage"), 2);
});

Deno.test("ctx.emit() refuses to repeat the first emits after a checkpoint was read", async () => {
  const activation = new Attempts();
  const handler = async (ctx: Context) => {
    let { done = 0 } = await ctx.routineState.get<{ done: number }>();
    for (let i = 0; i < 12; i++) {
      ctx.emit("item", i);
      ctx.routineState.patch({ done: ++done });
    }
    await ctx.flush();
    if (ctx.attempt === 1) throw failed;
  };
  assertEquals(await activation.run(handler), failed);
  assert(await activation.run(handler) instanceof RepeatMismatchError);
  assertEquals(activation.emitted.length, 12);
});
