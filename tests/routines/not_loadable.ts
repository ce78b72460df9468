import { defineRoutine, slot } from "@millrace/flow/routine";

if ("WorkerGlobalScope" in globalThis) {
  throw new RangeError("no licence here; nor elsewhere");
}

/** Its module loads here, but in no worker. */
export const notLoadable = defineRoutine(import.meta, {
  slots: { item: slot<number>() },
  handlers: { item() {} },
});

/** Its module is not there. */
export const missing = defineRoutine(
  { ...import.meta, url: new URL("./no_such_file.ts", import.meta.url).href },
  { slots: { item: slot<number>() }, handlers: { item() {} } },
);
