import { defineRoutine, event, slot } from "@millrace/flow";

/** Emits as many as it is told, and awaits each. */
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

/** Emits as many as it is told, all at once. */
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
