import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED } from "../routines/latches.ts";
import { block, type Deed, spin } from "./deed.ts";

const events = { done: event<unknown>() };
type Context = RoutineContext<typeof events>;

/** Does wrong, in each slot in another way; what it did before must leave no trace. */
export const chaotic = defineRoutine(import.meta, {
  slots: {
    throws: slot<Deed>(),
    throwsLate: slot<Deed>(),
    leavesRejection: slot<Deed>(),
    closes: slot<Deed>(),
    exits: slot<Deed>(),
    emitsUncloneable: slot<Deed>(),
    overflows: slot<Deed>(),
    spins: slot<Deed>(),
    blocks: slot<Deed>(),
  },
  events,
  handlers: {
    throws: misdeed(() => {
      throw new TypeError("thrown at once");
    }),
    throwsLate: misdeed(() => {
      setTimeout(() => {
        throw new RangeError("thrown late");
      });
      return never();
    }),
    leavesRejection: misdeed(() => {
      void Promise.reject(new TypeError("nobody catches this"));
      return never();
    }),
    closes: misdeed(() => {
      self.close();
      return never();
    }),
    exits: misdeed(() => {
      Deno.exit(3);
    }),
    emitsUncloneable: misdeed((_, ctx) => void ctx.emit("done", { callback: () => {} })),
    overflows: misdeed(() => void recurse(0)),
    spins: misdeed(({ latches }) => spin(latches)),
    blocks: misdeed(({ latches }) => block(latches)),
  },
});

/** Does well, over two stages. */
export const healthy = defineRoutine(import.meta, {
  slots: { item: slot<number>(), doubled: slot<number>() },
  events: { doubled: event<number>() },
  handlers: {
    item(n, ctx) {
      ctx.emit("doubled", 2 * n);
    },
    doubled(n, ctx) {
      ctx.sharedData.set("result", n);
    },
  },
});

/** Does well or holds its thread, as the payload says: nobody can know beforehand. */
export const moody = defineRoutine(import.meta, {
  slots: {
    item: slot<SharedArrayBuffer | undefined>(),
    idle: slot<undefined>(),
    inParts: slot<undefined>(),
  },
  handlers: {
    item(latches, ctx) {
      if (latches !== undefined) {
        arrive(latches, ARRIVED);
        spin(latches);
      }
      ctx.sharedData.set("done", true);
    },
    idle() {},
    async inParts(_, ctx) {
      ctx.sharedLog.append("a part");
      await ctx.flush();
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
    },
  },
});

/** Leaves something running that fails when its handler has long ended well. */
export const leaver = defineRoutine(import.meta, {
  slots: { item: slot<undefined>(), spinning: slot<SharedArrayBuffer>() },
  handlers: {
    item() {
      setTimeout(() => {
        throw new RangeError("after the end");
      });
    },
    spinning(latches) {
      setTimeout(() => {
        arrive(latches, ARRIVED);
        spin(latches);
      });
    },
  },
});

function misdeed(deed: (payload: Deed, ctx: Context) => void | Promise<void>) {
  return async (payload: Deed, ctx: Context) => {
    if (ctx.attempt > payload.attempts) return ctx.sharedData.set("attempt", ctx.attempt);
    ctx.sharedData.set("before the deed", true);
    ctx.emit("done", "before the deed");
    const { aborted } = ctx.signal;
    const stopped = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    arrive(payload.latches, ARRIVED);
    if (payload.whenStopped && !aborted) await stopped;
    await deed(payload, ctx);
  };
}

function never(): Promise<void> {
  return new Promise(() => {});
}

function recurse(depth: number): number {
  return 1 + recurse(depth + 1);
}
