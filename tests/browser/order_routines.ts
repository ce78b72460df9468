import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** An order as it passes through the flow. */
export interface Order {
  readonly items: number;
  readonly note: string;
  /** The item whose first attempt fails. */
  readonly flaky?: number;
  /** The item that fails for good. */
  readonly broken?: number;
}

/** Splits an order into its items. */
export const split = defineRoutine(import.meta, {
  slots: { order: slot<Order>() },
  events: { item: event<Order & { item: number }>() },
  handlers: {
    order(order, ctx) {
      ctx.sharedData.set("note", order.note);
      ctx.sharedLog.append({ action: "split", note: order.note });
      for (let item = 0; item < order.items; item++) ctx.emit("item", { ...order, item });
    },
  },
});

/** Packs an item. */
export const pack = defineRoutine(import.meta, {
  slots: { item: slot<Order & { item: number }>() },
  events: { packed: event<number>() },
  handlers: {
    item({ item, flaky, broken, note }, ctx) {
      if (item === broken) throw new RangeError(`item ${item} is broken: ${note}`);
      if (item === flaky && ctx.attempt === 1) throw new TypeError("the box has slipped");
      ctx.emit("packed", item);
    },
  },
});

/** Waits for the approval of each item, and ships it. */
export const ship = defineRoutine(import.meta, {
  slots: { item: slot<number>(), approval: slot<{ by: string }>() },
  config: { asks: false },
  handlers: {
    item(item, ctx) {
      if (ctx.config.asks && item === 0) ctx.waitFor("approval", { deliverTo: "approval" });
      ctx.routineState.patch({ last: item });
    },
    approval({ by }, ctx) {
      ctx.sharedData.set("approvedBy", by);
    },
  },
});
