import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow";
import type { None } from "@millrace/flow/types";

class Doubling {
  go(n: number, ctx: RoutineContext<typeof events, None>): void {
    ctx.emit("out", n * 2);
  }
}

class Handlers extends Doubling {}

const events = { out: event<number>() };

/** Has handlers that are inherited. */
export const byClass = defineRoutine(import.meta, {
  slots: { go: slot<number>() },
  events,
  handlers: new Handlers(),
});

/** Has slots and an event whose names are those of methods that every object has. */
export const oddlyNamed = defineRoutine(import.meta, {
  slots: { toString: slot<number>(), constructor: slot<number>() },
  events: { valueOf: event<string>() },
  handlers: {
    toString: (_, ctx) => void ctx.emit("valueOf", "toString"),
    constructor: (_, ctx) => void ctx.emit("valueOf", "constructor"),
  },
});
