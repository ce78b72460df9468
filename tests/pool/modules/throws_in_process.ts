import { defineRoutine, slot } from "../../../faces/routine.ts";

export const routine = defineRoutine(import.meta, {
  slots: { go: slot<void>() },
  handlers: { go() {} },
});

// The host has to know the routine.
if (Deno.mainModule.endsWith("process_worker.ts")) throw new Error("does not load here");
