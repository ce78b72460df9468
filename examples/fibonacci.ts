import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Computes a Fibonacci number, the slow way. */
export const fibonacci = defineRoutine(import.meta, {
  slots: { n: slot<number>() },
  events: { result: event<number>() },
  handlers: {
    n(n, ctx) {
      ctx.emit("result", compute(n));
    },
  },
});

/** Adds numbers up in the job's shared data. */
export const total = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: {
    async number(number, ctx) {
      await ctx.sharedData.update("total", (total: number = 0) => total + number);
    },
  },
});

function compute(n: number): number {
  return n < 2 ? n : compute(n - 1) + compute(n - 2);
}
