import { defineRoutine, slot } from "../../../faces/routine.ts";

/** Does nothing. */
export const untidy = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});

/** Cannot clean up. */
export function onStop(): never {
  throw new RangeError("the door is stuck");
}
