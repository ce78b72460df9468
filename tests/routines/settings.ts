import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Emits the limit of its config. */
export const settled = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  events: { limit: event<number>() },
  config: { limit: 1 },
  handlers: {
    go(_, ctx) {
      ctx.emit("limit", ctx.config.limit);
    },
  },
});

const KINDS = {
  map: new Map([["a", 1]]),
  date: new Date(0),
  list: [7],
  text: "a",
  nothing: undefined,
};

/** Patches its state with values that are not plain objects. */
export const patching = defineRoutine(import.meta, {
  slots: { kind: slot<keyof typeof KINDS>() },
  handlers: {
    kind(kind, ctx) {
      ctx.routineState.patch(KINDS[kind] as never);
    },
  },
});
