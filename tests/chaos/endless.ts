import { defineRoutine, slot } from "@millrace/flow";

/** Never ends, and never yields. Only for programs of their own: no thread can be made to stop. */
export const endless = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: {
    go() {
      for (;;);
    },
  },
});
