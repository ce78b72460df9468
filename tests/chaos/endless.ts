import { defineRoutine, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched } from "../routines/latches.ts";

/** Never ends, and never yields. Only for programs of their own: no thread can be made to stop. */
export const endless = defineRoutine(import.meta, {
  slots: { go: slot<Latched>() },
  handlers: {
    go({ latches }) {
      arrive(latches, ARRIVED);
      for (;;);
    },
  },
});
