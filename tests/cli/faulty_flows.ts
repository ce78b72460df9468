import { defineRoutine, Flow, slot } from "@millrace/flow";
import { double } from "./flows.ts";

const hidden = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: { number() {} },
});

/** A flow with a connection to nowhere, and a routine that no worker finds. */
export const faulty = new Flow({ id: "faulty", maxWorkers: 1 })
  .add("double", double)
  .add("hidden", hidden)
  // The compiler would refuse it otherwise.
  .connect("double.doubled", "nobody.number" as never);

/** A flow whose only routine receives from itself. */
export const circle = new Flow({ id: "circle", maxWorkers: 1 })
  .add("double", double)
  .connect("double.doubled", "double.number");
