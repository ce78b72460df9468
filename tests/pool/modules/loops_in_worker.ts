// A module that never yields, in a worker behind a channel.

import { defineRoutine, slot } from "@millrace/flow/routine";
import { standStill } from "../../routines/stand_still.ts";

export const routine = defineRoutine(import.meta, {
  slots: { go: slot<void>() },
  handlers: { go() {} },
});

if (globalThis.name.startsWith("{")) {
  for (;;) standStill();
}
