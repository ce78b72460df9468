import { defineRoutine, type EmitOptions, event, slot } from "@millrace/flow/routine";

/** A payload, and the options with which it is emitted. */
export interface Delayed {
  readonly item: unknown;
  readonly delay?: unknown;
  readonly when?: "resumed";
  /** `true` to move the payload, which is a list of bytes. */
  readonly moves?: boolean;
}

/** Emits with the options that its payloads say. */
export const postpone = defineRoutine(import.meta, {
  slots: {
    items: slot<readonly Delayed[]>(),
    flushing: slot<readonly Delayed[]>(),
    awaiting: slot<readonly Delayed[]>(),
    repeating: slot<readonly unknown[]>(),
    chained: slot<unknown>(),
  },
  events: { item: event<unknown>() },
  handlers: {
    items(items, ctx) {
      for (const { item, moves, ...options } of items) {
        const transfer = moves ? [(item as Uint8Array<ArrayBuffer>).buffer] : [];
        ctx.emit("item", item, { ...options, transfer } as EmitOptions);
      }
    },
    async flushing(items, ctx) {
      for (const { item, ...options } of items) {
        ctx.emit("item", item, options as EmitOptions);
        await ctx.flush();
      }
    },
    async awaiting(items, ctx) {
      for (const { item, ...options } of items) {
        await ctx.emit("item", item, options as EmitOptions);
      }
    },
    /** Emits for itself as often as its payload says, and awaits each. */
    async chained(times, ctx) {
      for (let i = 0; i < Number(times); i++) await ctx.emit("item", 0, { delay: 2 });
    },
    /** Fails once, and has another delay each time, as one that is computed from the clock has. */
    async repeating(items, ctx) {
      for (const item of items) ctx.emit("item", item, { delay: ctx.attempt * 3 });
      await ctx.flush();
      if (ctx.attempt === 1) throw new Error("again");
    },
  },
});

/** Logs what it receives. */
export const note = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedLog.append(item instanceof Uint8Array ? [...item] : item);
    },
  },
});
