import { defineRoutine, slot } from "@millrace/flow/routine";
import { isInWorker, type Order } from "../order.ts";

if (isInWorker) throw new RangeError("no licence here");

/** Its module loads here, but in no worker. */
export const failsToLoad = defineRoutine(import.meta, {
  slots: { item: slot<Order>() },
  handlers: { item() {} },
});
