import { defineRoutine, slot } from "@millrace/flow/routine";
import { isInWorker, type Order } from "../order.ts";

// Waits in every worker for what never comes.
if (isInWorker) await new Promise(() => {});

/** Its module loads here, and in a worker never comes to an end. */
export const neverLoads = defineRoutine(import.meta, {
  slots: { item: slot<Order>() },
  handlers: { item() {} },
});
