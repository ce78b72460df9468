import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched } from "./latches.ts";

/** Emits the given number of items, and awaits each. */
export const countingSource = defineRoutine(import.meta, {
  slots: { emit: slot<number>() },
  events: { item: event<number>() },
  handlers: {
    async emit(count, ctx) {
      for (let i = 0; i < count; i++) {
        await ctx.emit("item", i);
        ctx.signal.throwIfAborted();
      }
    },
  },
});

/** Emits the given number of items, all at once. */
export const quickSource = defineRoutine(import.meta, {
  slots: { emit: slot<number>() },
  events: { item: event<number>() },
  handlers: {
    emit(count, ctx) {
      for (let i = 0; i < count; i++) ctx.emit("item", i);
    },
  },
});

/** Counts what it is sent. */
export const counter = defineRoutine(import.meta, {
  slots: { item: slot<number>() },
  handlers: {
    async item(_, ctx) {
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
    },
  },
});

/** Awaits its flush later than it begins it. */
export const lateFlusher = defineRoutine(import.meta, {
  slots: { emit: slot<Latched>() },
  events: { item: event<number>() },
  handlers: {
    async emit({ latches }, ctx) {
      for (let i = 0; i < 5; i++) ctx.emit("item", i);
      const flushed = ctx.flush();
      const stopped = Promise.withResolvers<void>();
      ctx.signal.addEventListener("abort", () => setTimeout(stopped.resolve));
      arrive(latches, ARRIVED);
      await stopped.promise;
      await flushed;
    },
  },
});

/** Emits six at once, flushes, and fails the first time. */
export const failingFlusher = defineRoutine(import.meta, {
  slots: { emit: slot<undefined>() },
  events: { item: event<number>() },
  handlers: {
    async emit(_, ctx) {
      for (let i = 0; i < 6; i++) ctx.emit("item", i);
      await ctx.flush();
      if (ctx.attempt === 1) throw new Error("the first time");
    },
  },
});

/** Fails until it is tried again. */
export const secondTime = defineRoutine(import.meta, {
  slots: { item: slot<number>() },
  handlers: {
    item(_, ctx) {
      if (ctx.attempt === 1) throw new Error("the first time");
    },
  },
});
