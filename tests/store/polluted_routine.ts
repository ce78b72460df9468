import "./pollution.ts";
import { defineRoutine, slot } from "@millrace/flow/routine";

/** Its module extends the prototypes of its worker. */
export const polluter = defineRoutine(import.meta, {
  slots: { go: slot<void>() },
  handlers: { go() {} },
});
