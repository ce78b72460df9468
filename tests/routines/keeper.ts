import { defineRoutine, slot } from "@millrace/flow/routine";

/** Keeps what it is given wherever a routine can. */
export const keeper = defineRoutine(import.meta, {
  slots: { value: slot<unknown>() },
  handlers: {
    async value(value, ctx) {
      ctx.sharedData.set("value", value);
      ctx.sharedLog.append(value);
      await ctx.flush();
      ctx.routineState.patch({ value });
    },
  },
});
