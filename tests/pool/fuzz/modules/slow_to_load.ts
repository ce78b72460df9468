import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { countStart, delay, isInWorker, type Order } from "../order.ts";

if (isInWorker) await delay(20);

/** Its module takes a while to load in a worker. */
export const slowToLoad = defineRoutine(import.meta, {
  slots: { item: slot<Order>() },
  events: { out: event<unknown>() },
  handlers: {
    item(order, ctx) {
      countStart(order);
      ctx.emit("out", order.nonce);
    },
  },
});
