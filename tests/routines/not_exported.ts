import { defineRoutine, slot } from "@millrace/flow/routine";

const secret = defineRoutine(import.meta, {
  slots: { item: slot<number>() },
  handlers: { item() {} },
});

/** Hands out a routine that this module does not export. */
export function notExported() {
  return secret;
}
