import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** The signal that {@linkcode ask} waits for. */
export const ANSWER = "answer";

/** A routine that waits for a signal, for a while, for its job to be resumed, and for a delay. */
export const ask = defineRoutine(import.meta, {
  slots: { question: slot<number>(), answer: slot<number>(), later: slot<string>() },
  events: { later: event<string>() },
  handlers: {
    question(timeout, ctx) {
      ctx.sharedLog.append("asked");
      ctx.emit("later", "later", { when: "resumed" });
      ctx.emit("later", "soon", { delay: 10 });
      ctx.waitFor(ANSWER, { deliverTo: "answer", ...timeout > 0 && { timeout } });
    },
    answer(value, ctx) {
      ctx.sharedLog.append("answered");
      ctx.sharedData.set("answer", value);
    },
    later: (word, ctx) => ctx.sharedLog.append(word),
  },
});
