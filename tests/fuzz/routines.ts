import { defineRoutine, slot } from "@millrace/flow";

/** The signal that {@linkcode ask} waits for. */
export const ANSWER = "answer";

/** A routine that waits for a signal, for a while. */
export const ask = defineRoutine(import.meta, {
  slots: { question: slot<number>(), answer: slot<number>() },
  events: {},
  handlers: {
    question(timeout, ctx) {
      ctx.sharedLog.append("asked");
      ctx.waitFor(ANSWER, { deliverTo: "answer", ...timeout > 0 && { timeout } });
    },
    answer(value, ctx) {
      ctx.sharedLog.append("answered");
      ctx.sharedData.set("answer", value);
    },
  },
});
