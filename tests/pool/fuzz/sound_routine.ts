// The handlers that end well, whatever their neighbours do. Each effect carries the nonce of its order.

import { AsyncLocalStorage } from "node:async_hooks";
import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { countStart, delay, later, type Order } from "./order.ts";

const local = new AsyncLocalStorage<string>();
const events = { out: event<unknown>() };

/** Does well, in each slot in another way. */
export const sound = defineRoutine(import.meta, {
  slots: {
    echo: slot<Order>(),
    waits: slot<Order>(),
    flushes: slot<Order>(),
    updates: slot<Order>(),
    reads: slot<Order>(),
    progresses: slot<Order>(),
    movesBytes: slot<Order>(),
    movesPort: slot<Order>(),
    thenable: slot<Order>(),
    callable: slot<Order>(),
    enters: slot<Order>(),
    sometimesWaits: slot<Order>(),
    sink: slot<unknown>(),
  },
  events,
  handlers: {
    echo(order, ctx) {
      ctx.emit("out", begin(order));
    },
    async waits(order, ctx) {
      const nonce = begin(order);
      await delay(order.ms);
      ctx.emit("out", nonce);
    },
    async flushes(order, ctx) {
      const nonce = begin(order);
      for (let i = 0; i < 3; i++) {
        ctx.emit("out", nonce);
        ctx.sharedLog.append(nonce);
        await ctx.flush();
      }
      ctx.emit("out", nonce);
    },
    async updates(order, ctx) {
      const nonce = begin(order);
      const add = (seen: string[] = []) => [...seen, nonce];
      await ctx.sharedData.update("first", add);
      await ctx.flush();
      await ctx.sharedData.update("first", add);
      await ctx.sharedData.update("second", add);
      ctx.emit("out", nonce);
    },
    async reads(order, ctx) {
      const nonce = begin(order);
      ctx.sharedData.set("own", nonce);
      ctx.routineState.patch({ own: nonce });
      await ctx.flush();
      const [value, state, keys] = await Promise.all([
        ctx.sharedData.get("own"),
        ctx.routineState.get<{ own: string }>(),
        ctx.sharedData.keys(),
      ]);
      ctx.emit("out", value);
      ctx.emit("out", state.own);
      ctx.emit("out", keys.includes("own") ? nonce : "a key is missing");
    },
    async progresses(order, ctx) {
      const nonce = begin(order);
      ctx.progress(nonce);
      await delay(order.ms);
      for (let i = 0; i < 5; i++) ctx.progress(nonce);
      ctx.emit("out", nonce);
    },
    movesBytes(order, ctx) {
      const nonce = begin(order);
      const bytes = order.moved as ArrayBuffer;
      ctx.emit("out", new TextDecoder().decode(bytes));
      ctx.emit("out", { bytes, nonce }, { transfer: [bytes] });
    },
    movesPort(order, ctx) {
      const nonce = begin(order);
      const port = order.moved as MessagePort;
      port.postMessage(nonce);
      port.close();
      ctx.emit("out", nonce);
    },
    thenable(order, ctx) {
      const nonce = begin(order);
      let calls = 0;
      const then = (resolve: () => void) => {
        ctx.emit("out", ++calls === 1 ? nonce : "a thenable was called twice");
        later(resolve);
      };
      // deno-lint-ignore no-explicit-any
      return { then } as any;
    },
    callable(order, ctx) {
      const nonce = begin(order);
      const then = async (resolve: () => void) => {
        await delay(order.ms);
        ctx.emit("out", nonce);
        resolve();
      };
      // deno-lint-ignore no-explicit-any
      return Object.assign(() => {}, { then }) as any;
    },
    enters(order, ctx) {
      const nonce = begin(order);
      local.enterWith(nonce);
      if (order.ms % 2 === 0) return ctx.emit("out", nonce) as undefined;
      return delay(order.ms).then(() => void ctx.emit("out", local.getStore()));
    },
    sometimesWaits(order, ctx) {
      ctx.emit("out", begin(order));
      return order.ms % 3 === 0 ? delay(order.ms) : undefined;
    },
    sink(payload, ctx) {
      ctx.sharedLog.append(payload);
    },
  },
});

function begin(order: Order): string {
  countStart(order);
  const seen = local.getStore();
  return seen === undefined ? order.nonce : `the context of ${seen} leaked`;
}
