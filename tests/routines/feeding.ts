import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "./latches.ts";

/** Logs what it is sent. */
export const taker = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  events: { taken: event<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedLog.append(item);
      ctx.emit("taken", item);
    },
  },
});

/** Goes on when the test lets as many go on as have arrived. */
export const holder = defineRoutine(import.meta, {
  slots: { item: slot<Latched>() },
  handlers: {
    async item({ latches }) {
      await reached(latches, RELEASED, arrive(latches, ARRIVED));
    },
  },
});

/** Passes its payload on when the test lets all go on. */
export const late = defineRoutine(import.meta, {
  slots: { item: slot<Latched>() },
  events: { item: event<unknown>() },
  handlers: {
    async item({ latches }, ctx) {
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      ctx.emit("item", "late");
    },
  },
});
