import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, countOf, type Latched, reached, RELEASED } from "./latches.ts";

/** The number of neighbours. */
export const NEIGHBOURS = 10;

/** The payload of a neighbour. */
export interface Visit extends Latched {
  readonly n: number;
  /** Counts the executions of each neighbour. */
  readonly executions: SharedArrayBuffer;
}

/** Does well, over two stages, and waits in the first until the test lets it go on. */
export const neighbour = defineRoutine(import.meta, {
  slots: { item: slot<Visit>(), doubled: slot<number>() },
  events: { doubled: event<number>() },
  handlers: {
    async item({ latches, n, executions }, ctx) {
      arrive(executions, n);
      ctx.sharedLog.append(`${n} has begun`);
      ctx.routineState.patch({ n });
      await ctx.flush();
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      ctx.sharedLog.append(`${n} goes on`);
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
      ctx.emit("doubled", 2 * n);
    },
    doubled(n, ctx) {
      ctx.sharedData.set("result", n);
    },
  },
});

/** One counter for each neighbour. */
export function newExecutions(): SharedArrayBuffer {
  return new SharedArrayBuffer(NEIGHBOURS * Int32Array.BYTES_PER_ELEMENT);
}

/** Returns the number of executions of each neighbour. */
export function executionsIn(executions: SharedArrayBuffer): number[] {
  return Array.from({ length: NEIGHBOURS }, (_, n) => countOf(executions, n));
}
