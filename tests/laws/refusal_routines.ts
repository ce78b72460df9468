import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Values that structured clone would lose or change, by name: built where they are used. */
export const LOST = {
  function: () => () => 1,
  class_instance: () => new (class Point {})(),
  url: () => new URL("http://localhost/"),
  abort_signal: () => new AbortController().signal,
  headers: () => new Headers(),
  symbol: () => Symbol("s"),
  promise: () => Promise.resolve(),
} as const;

/** The name of something that would be lost. */
export type Lost = keyof typeof LOST;

/** The places that a routine puts it in. */
export const PLACES = [
  "emit",
  "set",
  "update",
  "append",
  "patch",
  "progress",
] as const;

/** A value, its place, and the keys and indices that lead to it. */
export interface Order {
  readonly place: typeof PLACES[number];
  readonly lost: Lost;
  readonly way: readonly (string | number)[];
}

/** Something that would be lost, at the end of a way into a value. */
export function buried({ lost, way }: Omit<Order, "place">): unknown {
  return way.reduceRight<unknown>(
    (inner, key) => typeof key === "string" ? { [key]: inner } : [...Array(key).fill(0), inner],
    LOST[lost](),
  );
}

/** Puts something that would be lost in the place that its order names. */
export const loser = defineRoutine(import.meta, {
  slots: { order: slot<Order>() },
  events: { output: event<unknown>() },
  handlers: {
    async order(order, ctx) {
      const value = buried(order);
      ctx.sharedData.set("before", 1);
      if (order.place === "emit") ctx.emit("output", value);
      if (order.place === "set") ctx.sharedData.set("key", value);
      if (order.place === "update") await ctx.sharedData.update("key", () => value);
      if (order.place === "append") ctx.sharedLog.append(value);
      if (order.place === "patch") ctx.routineState.patch({ field: value });
      if (order.place === "progress") ctx.progress(value);
    },
  },
});
