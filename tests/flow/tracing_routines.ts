import { defineRoutine, slot } from "@millrace/flow/routine";

/** Reports what a module of a tracing has left in the globals of its worker. */
export const spy = defineRoutine(import.meta, {
  slots: { look: slot<void>() },
  handlers: {
    look(_, ctx) {
      ctx.sharedData.set("seen", Reflect.get(globalThis, "traceparents"));
    },
  },
});
