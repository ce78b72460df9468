import { defineRoutine, event, slot } from "@millrace/flow/routine";
import vm from "node:vm";

/** Emits what it is sent. */
export const bearer = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.emit("item", item);
    },
  },
});

/** Writes what arrives into the shared data. */
export const keeper = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedData.set("item", item);
    },
  },
});

/** Runs scripts in a realm of their own, and emits what they give. */
export const scripted = defineRoutine(import.meta, {
  slots: { script: slot<string>() },
  events: { item: event<unknown>() },
  handlers: {
    script(script, ctx) {
      ctx.emit("item", vm.runInNewContext(script));
    },
  },
});

/** Fails, and then cannot clean up. */
export const untidy = defineRoutine(import.meta, {
  slots: { go: slot<string>() },
  handlers: {
    async go(code) {
      await using _file = {
        [Symbol.asyncDispose]: () => Promise.reject(new TypeError("close failed")),
      };
      await 0;
      throw Object.assign(new RangeError("the real trouble"), { code });
    },
  },
});
