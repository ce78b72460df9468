import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Puts what it gets where the dashboard shows it. */
export const shown = defineRoutine(import.meta, {
  slots: {
    value: slot<unknown>(),
    fails: slot<unknown>(),
    asks: slot<string>(),
    answer: slot<unknown>(),
  },
  events: { value: event<unknown>() },
  handlers: {
    value(value, ctx) {
      ctx.sharedData.set("value", value);
      ctx.sharedLog.append(value);
      ctx.routineState.patch({ last: value });
      ctx.emit("value", value);
    },
    fails(value) {
      throw new TypeError(String(value));
    },
    asks(signal, ctx) {
      ctx.waitFor(signal, { deliverTo: "answer" });
    },
    answer(value, ctx) {
      ctx.sharedData.set("answer", value);
    },
  },
});
