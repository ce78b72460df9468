// Routines that a worker cannot find, though this module loads here and there.

import { defineRoutine, slot } from "@millrace/flow/routine";

if (!("WorkerGlobalScope" in globalThis)) {
  // Takes a number among the routines of this module that it does not take in a worker.
  defineRoutine(import.meta, { slots: { first: slot<number>() }, handlers: { first() {} } });
}

/** Found in a worker, but as another. */
export const displaced = defineRoutine(import.meta, {
  slots: { second: slot<number>() },
  handlers: { second() {} },
});

/** Found in a worker where `displaced` was here. */
export const displacer = defineRoutine(import.meta, {
  slots: { third: slot<number>() },
  handlers: { third() {} },
});
