import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** The ending of an activation. */
export type Ending = "well" | "closes" | "exits" | "throwsLate" | "dawdles";

/** A unit of the soak: ends as its payload says on the first attempt, and well on the second. */
export const unit = defineRoutine(import.meta, {
  slots: { item: slot<readonly [number, Ending]>() },
  events: { done: event<number>() },
  handlers: {
    async item([number, ending], ctx) {
      if (ctx.attempt === 1 && ending !== "well") await endings[ending](ctx.signal);
      void ctx.emit("done", number);
    },
  },
});

/** Counts what arrives. */
export const counter = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: {
    async number(_, ctx) {
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
    },
  },
});

const endings = {
  closes() {
    self.close();
    return never();
  },
  exits() {
    Deno.exit(1);
  },
  throwsLate() {
    setTimeout(() => {
      throw new RangeError("late");
    });
    return never();
  },
  async dawdles(signal: AbortSignal) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw signal.reason;
  },
};

function never(): Promise<void> {
  return new Promise(() => {});
}
