import { defineRoutine, slot } from "@millrace/flow/routine";

// The host has to load the module, to import the routine.
if ("WorkerGlobalScope" in globalThis) throw new RangeError("no licence here");

export const failsToLoad = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});
