import { defineRoutine, slot } from "../../../faces/routine.ts";

if ("WorkerGlobalScope" in globalThis) self.close();

/** Its module ends the worker that loads it. */
export const routine = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});
