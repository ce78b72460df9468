import { defineRoutine, slot } from "@millrace/flow/routine";
import type { Deed } from "./deed.ts";

if ("WorkerGlobalScope" in globalThis) throw new RangeError("no licence here");

/** Its module loads here, but in no worker. */
export const failsToLoad = defineRoutine(import.meta, {
  slots: { item: slot<Deed>() },
  handlers: { item() {} },
});
