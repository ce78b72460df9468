// Routines whose payloads can leave the process: what they need to know of each other is in their payloads.

import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { standStill } from "../routines/stand_still.ts";

/** Deals its items, and gathers what comes back. */
export const dealer = defineRoutine(import.meta, {
  slots: { deal: slot<number>() },
  events: { item: event<number>(), bytes: event<Uint8Array>() },
  handlers: {
    async deal(count, ctx) {
      ctx.emit("bytes", Uint8Array.of(1, 2, 3));
      await ctx.flush();
      for (let i = 1; i <= count; i++) ctx.emit("item", i);
      ctx.routineState.patch({ dealt: count });
    },
  },
});

/** Adds what it gets to the shared data. */
export const adder = defineRoutine(import.meta, {
  slots: { item: slot<number>(), bytes: slot<Uint8Array>() },
  events: { sum: event<number>() },
  handlers: {
    async item(item, ctx) {
      if (item === 3 && ctx.attempt === 1) throw new RangeError("not at the first attempt");
      await ctx.sharedData.update("sum", (sum: number = 0) => {
        ctx.emit("sum", sum + item);
        return sum + item;
      });
      ctx.sharedLog.append({ item, attempt: ctx.attempt });
    },
    bytes(bytes, ctx) {
      ctx.sharedData.set("bytes", bytes);
    },
  },
});

/** Waits for a signal from outside. */
export const asker = defineRoutine(import.meta, {
  slots: { ask: slot<void>(), answer: slot<unknown>() },
  handlers: {
    ask: (_, ctx) => ctx.waitFor("approved", { deliverTo: "answer" }),
    answer: (answer, ctx) => ctx.sharedData.set("answer", answer),
  },
});

/** Does to its process what its slots say. */
export const sinner = defineRoutine(import.meta, {
  slots: {
    throws: slot<void>(),
    exits: slot<void>(),
    closes: slot<void>(),
    spins: slot<void>(),
    spinsFor: slot<number>(),
    leavesLoop: slot<string>(),
    leavesThrow: slot<void>(),
    leavesSpin: slot<{ readonly after: number }>(),
    dies: slot<{ readonly attempts: number }>(),
    waits: slot<void>(),
    meets: slot<number>(),
    emits: slot<"Blob" | "SharedArrayBuffer" | "transfer">(),
    value: slot<unknown>(),
    pid: slot<void>(),
  },
  events: { out: event<unknown>() },
  handlers: {
    throws() {
      throw new RangeError("thrown");
    },
    exits: () => Deno.exit(3),
    closes: () => self.close(),
    spins(_, ctx) {
      ctx.progress(Deno.pid);
      for (;;);
    },
    spinsFor(ms) {
      for (const end = Date.now() + ms; Date.now() < end;) standStill();
    },
    leavesLoop(path, ctx) {
      setTimeout(() => {
        // Shows that the loop has begun.
        Deno.removeSync(path);
        for (;;);
      });
      ctx.emit("out", Deno.pid);
    },
    leavesSpin({ after }) {
      setTimeout(() => {
        for (const end = performance.now() + 12_000; performance.now() < end;) standStill();
      }, after);
    },
    leavesThrow(_, ctx) {
      setTimeout(() => {
        throw new RangeError("left behind");
      });
      ctx.emit("out", Deno.pid);
    },
    async dies({ attempts }, ctx) {
      ctx.progress(Deno.pid);
      ctx.sharedLog.append(Deno.pid);
      if (ctx.attempt <= attempts) await new Promise(() => {});
      ctx.emit("out", Deno.pid);
    },
    async waits(_, ctx) {
      const stopped = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      ctx.progress(Deno.pid);
      await stopped;
      ctx.emit("out", "stopped");
      ctx.signal.throwIfAborted();
    },
    async meets(count, ctx) {
      met++;
      while (met < count) await new Promise((resolve) => setTimeout(resolve, 1));
      ctx.emit("out", Deno.pid);
    },
    emits(what, ctx) {
      if (what === "Blob") ctx.emit("out", new Blob(["data"]));
      else if (what === "SharedArrayBuffer") ctx.emit("out", new SharedArrayBuffer(4));
      else {
        const bytes = new ArrayBuffer(4);
        ctx.emit("out", bytes, { transfer: [bytes] });
      }
    },
    value: (value, ctx) => ctx.emit("out", value),
    pid: (_, ctx) => ctx.emit("out", Deno.pid),
  },
});

/** The number of handlers in this process that have come to the meeting. */
let met = 0;
