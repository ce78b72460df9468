import { defineRoutine, Flow, slot } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";

// deno-lint-ignore no-console
console.log("a module");

/** Prints lines. */
export const loud = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: {
    number() {
      // deno-lint-ignore no-console
      console.log("a routine");
      // deno-lint-ignore no-console
      console.table([1]);
    },
  },
});

/** Returns a flow whose modules and routines print lines. */
export function flow({ store }: { store?: Store } = {}) {
  return new Flow({ id: "loud", maxWorkers: 1, ...store && { store } }).add("loud", loud);
}
