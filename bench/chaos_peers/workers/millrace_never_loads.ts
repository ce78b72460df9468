import { defineRoutine, slot } from "@millrace/flow/routine";

// The host has to load the module, to import the routine.
if ("WorkerGlobalScope" in globalThis) await new Promise(() => {});

export const neverLoads = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});
