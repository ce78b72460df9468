import { defineRoutine, event, slot } from "../../../faces/routine.ts";

let memory: SharedArrayBuffer | undefined;

/** Keeps the memory that it is given, for the end of its worker. */
export const holder = defineRoutine(import.meta, {
  slots: { memory: slot<SharedArrayBuffer>() },
  events: { done: event<string>() },
  handlers: {
    memory(given, ctx) {
      memory = given;
      ctx.emit("done", ctx.workerId);
    },
  },
});

/** Counts in that memory, over several turns of the loop. */
export async function onStop(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (memory !== undefined) Atomics.add(new Int32Array(memory), 0, 1);
}
