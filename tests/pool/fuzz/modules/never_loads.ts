import { defineRoutine, slot } from "@millrace/flow/routine";
import type { Order } from "../order.ts";

// Waits in every worker for what never comes.
if ("WorkerGlobalScope" in globalThis) await new Promise(() => {});

/** Its module loads here, and in a worker never comes to an end. */
export const neverLoads = defineRoutine(import.meta, {
  slots: { item: slot<Order>() },
  handlers: { item() {} },
});
