import { AsyncLocalStorage } from "node:async_hooks";
import { defineRoutine, event, slot } from "../../faces/routine.ts";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "../routines/latches.ts";

/** The values that a handler found in the store before it entered anything, and at its end. */
export type Seen = readonly (number | undefined)[];

const store = new AsyncLocalStorage<number>();

/** Enters an async context, and leaves it to others if that can be. */
export const entering = defineRoutine(import.meta, {
  slots: {
    atOnce: slot<number>(),
    awaiting: slot<Latched & { readonly n: number }>(),
    nowAndThen: slot<Latched & { readonly n: number; readonly awaits: boolean }>(),
    aborted: slot<Latched & { readonly n: number }>(),
  },
  events: { seen: event<Seen>() },
  handlers: {
    atOnce(n, ctx) {
      const before = store.getStore();
      store.enterWith(n);
      ctx.emit("seen", [before, store.getStore()]);
    },
    async awaiting({ latches, n }, ctx) {
      const before = store.getStore();
      store.enterWith(n);
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      await new Promise((resolve) => setTimeout(resolve));
      await ctx.flush();
      ctx.emit("seen", [before, store.getStore()]);
    },
    // Before it is called, nobody can know whether it awaits anything.
    nowAndThen({ latches, n, awaits }, ctx): void | Promise<void> {
      const before = store.getStore();
      if (!awaits) return void ctx.emit("seen", [before, store.getStore()]);
      store.enterWith(n);
      arrive(latches, ARRIVED);
      return reached(latches, RELEASED).then(() => {
        ctx.emit("seen", [before, store.getStore()]);
      });
    },
    async aborted({ latches, n }, ctx) {
      const before = store.getStore();
      const aborted = new Promise<void>((resolve) => {
        ctx.signal.addEventListener("abort", () => {
          store.enterWith(-n);
          resolve();
        });
      });
      store.enterWith(n);
      arrive(latches, ARRIVED);
      await aborted;
      ctx.emit("seen", [before, store.getStore()]);
    },
  },
});
