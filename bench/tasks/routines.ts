import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { hash as hashed, tasks } from "./tasks.ts";

/** The same tasks as routines of Millrace. */
export const attach = defineRoutine(import.meta, {
  slots: { input: slot<Int32Array>() },
  handlers: { input: (cells) => tasks.attach(cells) },
});

export const noop = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  handlers: { input: (n) => tasks.noop(n) },
});

export const next = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { output: event<number>() },
  handlers: { input: (n, ctx) => ctx.emit("output", tasks.next(n)) },
});

/** Does the minimum work that depends on the config. */
export const scaled = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { output: event<number>() },
  config: { factor: 2 },
  handlers: { input: (n, ctx) => ctx.emit("output", n * ctx.config.factor) },
});

export const wait = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { output: event<number>() },
  handlers: {
    async input(n, ctx) {
      ctx.emit("output", await tasks.wait(n));
    },
  },
});

export const spin = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { output: event<number>() },
  handlers: { input: (loops, ctx) => ctx.emit("output", tasks.spin(loops)) },
});

export const echo = defineRoutine(import.meta, {
  slots: { input: slot<Uint8Array<ArrayBuffer>>() },
  events: { output: event<Uint8Array<ArrayBuffer>>() },
  handlers: { input: (bytes, ctx) => ctx.emit("output", tasks.echo(bytes)) },
});

export const move = defineRoutine(import.meta, {
  slots: { input: slot<Uint8Array<ArrayBuffer>>() },
  events: { output: event<Uint8Array<ArrayBuffer>>() },
  handlers: {
    input: (bytes, ctx) => ctx.emit("output", tasks.move(bytes), { transfer: [bytes.buffer] }),
  },
});

/** A fixed hashing loop, for flows. */
export const hash = defineRoutine(import.meta, {
  slots: { loops: slot<number>() },
  handlers: { loops: (loops, ctx) => ctx.sharedData.set("hash", hashed(loops)) },
});

/** A stage of the five-stage flow. */
export const stage = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { output: event<number>() },
  handlers: { input: (n, ctx) => ctx.emit("output", n + 1) },
});

/** The last stage of the five-stage flow. */
export const lastStage = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  handlers: { input: (n, ctx) => ctx.sharedData.set("value", n + 1) },
});

/** Emits many items, and flushes them meanwhile. */
export const source = defineRoutine(import.meta, {
  slots: { count: slot<number>() },
  events: { item: event<number>() },
  handlers: {
    async count(count, ctx) {
      for (let i = 0; i < count; i++) {
        ctx.emit("item", i);
        if (i % 1_000 === 999) await ctx.flush();
      }
    },
  },
});

/** Takes an item and does nothing with it. */
export const sink = defineRoutine(import.meta, {
  slots: { item: slot<number>() },
  handlers: { item() {} },
});
