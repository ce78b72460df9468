// A module that never yields, in a worker behind a channel.

import { defineRoutine, slot } from "@millrace/flow/routine";

export const routine = defineRoutine(import.meta, {
  slots: { go: slot<void>() },
  handlers: { go() {} },
});

if (globalThis.name.startsWith("{")) { for (;;); }
