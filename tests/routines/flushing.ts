// Sources that flush and are executed more than once, each time with other flushes.

import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow/routine";
import { passed } from "../durable/lock.ts";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "./latches.ts";

/** The items that a source emits, and the failures of its attempts. */
export interface Order {
  readonly items: number;
  /** For each attempt, the size of its pages and the item before which it fails. */
  readonly attempts: readonly (readonly [page: number, failsAt: number])[];
  /** The way in which it fails. */
  readonly by?: "throw" | "exit";
  /** A lock that the first attempt waits for when it has emitted a number of items. */
  readonly waits?: readonly [at: number, lock: string] | undefined;
}

const events = { item: event<unknown>() };
type Context = RoutineContext<typeof events>;

/** Emits the numbers of its items, in different ways. */
export const flushing = defineRoutine(import.meta, {
  slots: {
    repeats: slot<Order>(),
    goesOn: slot<Order>(),
    goesOnFromData: slot<Order>(),
    awaits: slot<Order>(),
    pages: slot<Order>(),
    latched: slot<Latched>(),
  },
  events,
  handlers: {
    async repeats(order, ctx) {
      for (let i = 0; i < order.items; i++) await step(order, ctx, i);
    },
    async goesOn(order, ctx) {
      const { next = 0 } = await ctx.routineState.get<{ next: number }>();
      for (let i = next; i < order.items; i++) {
        await step(order, ctx, i, () => ctx.routineState.patch({ next: i + 1 }));
      }
    },
    async goesOnFromData(order, ctx) {
      const next = await ctx.sharedData.get<number>("next") ?? 0;
      for (let i = next; i < order.items; i++) {
        await step(order, ctx, i, () => ctx.sharedData.set("next", i + 1));
      }
    },
    /** Flushes where the flow's high-water mark says. */
    async awaits(order, ctx) {
      for (let i = 0; i < order.items; i++) {
        await mishap(order, ctx, i);
        await ctx.emit("item", i);
      }
    },
    /** Emits its pages whole. */
    async pages(order, ctx) {
      const [page] = attemptOf(order, ctx);
      for (let i = 0; i < order.items; i += page) {
        await mishap(order, ctx, i);
        ctx.emit("item", Array.from({ length: page }, (_, j) => i + j));
        await ctx.flush();
      }
    },
    /** Waits in the middle. */
    async latched({ latches }, ctx) {
      ctx.emit("item", 0);
      await ctx.sharedData.update("updates", (updates: number = 0) => updates + 1);
      await ctx.flush();
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      ctx.emit("item", 1);
    },
  },
});

function attemptOf({ attempts }: Order, { attempt }: Context): readonly [number, number] {
  return attempts[attempt - 1] ?? [1, Infinity];
}

async function step(
  order: Order,
  ctx: Context,
  i: number,
  checkpoint: () => void = () => {},
): Promise<void> {
  await mishap(order, ctx, i);
  const [page] = attemptOf(order, ctx);
  ctx.emit("item", i);
  ctx.sharedLog.append(i);
  await ctx.sharedData.update("sum", (sum: number = 0) => sum + i);
  checkpoint();
  if (i % page === page - 1) await ctx.flush();
}

async function mishap({ by, waits, ...order }: Order, ctx: Context, i: number): Promise<void> {
  if (waits?.[0] === i) await passed(waits[1], ctx.signal);
  const [, failsAt] = attemptOf({ ...order }, ctx);
  if (i !== failsAt) return;
  if (by === "exit") Deno.exit(3);
  throw new RangeError(`attempt ${ctx.attempt} fails`);
}

/** Ends its worker when it is let. */
export const leaver = defineRoutine(import.meta, {
  slots: { item: slot<Latched>() },
  handlers: {
    async item({ latches }, ctx) {
      if (ctx.attempt > 1) return void arrive(latches, RELEASED);
      await reached(latches, ARRIVED);
      Deno.exit(3);
    },
  },
});
