// The handlers that do what no handler should, and yet harm nobody but themselves.

import process from "node:process";
import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow/routine";
import { countStart, delay, isReleased, later, type Order } from "./order.ts";

const { now } = performance;
const scope = self as unknown as EventTarget & {
  onmessage: ((event: Event) => void) | null;
  postMessage: (message: unknown) => void;
};
const events = { out: event<unknown>() };
type Context = RoutineContext<typeof events>;

/** A loop that the test does not end goes on no longer than this, in milliseconds. */
const SPINS = 10_000;

/** Set once a listener of these handlers heard a message of the pool. */
let hasHeard = false;

/** Ends well, though it should not do what it does. */
export const hostile = defineRoutine(import.meta, {
  slots: {
    deep: slot<Order>(),
    deepFlush: slot<Order>(),
    listens: slot<Order>(),
    forges: slot<Order>(),
    patches: slot<Order>(),
    throwsOnAbort: slot<Order>(),
    leavesThrow: slot<Order>(),
    leavesRejection: slot<Order>(),
    leavesClose: slot<Order>(),
    leavesFlush: slot<Order>(),
    sometimesLeaves: slot<Order>(),
    throwsNow: slot<Order>(),
    throwsSoon: slot<Order>(),
    throwsProxy: slot<Order>(),
    flushesAndThrows: slot<Order>(),
    asksAndThrows: slot<Order>(),
    emitsUnsendable: slot<Order>(),
    emitsOversized: slot<Order>(),
    movesTwice: slot<Order>(),
    closes: slot<Order>(),
    exits: slot<Order>(),
    processExits: slot<Order>(),
    throwsLate: slot<Order>(),
    rejectsLate: slot<Order>(),
    throwsInTimer: slot<Order>(),
    spins: slot<Order>(),
    hangs: slot<Order>(),
    stops: slot<Order>(),
    item: slot<Order>(),
  },
  events,
  handlers: {
    deep(order, ctx) {
      const nonce = begin(order);
      dig(nonce, ctx, ["progress", "emit"]);
      ctx.emit("out", nonce);
    },
    async deepFlush(order, ctx) {
      const nonce = begin(order);
      dig(nonce, ctx, ["progress", "emit", "flush", "get"]);
      await delay(order.ms);
      ctx.emit("out", nonce);
      await ctx.flush();
      ctx.emit("out", nonce);
    },
    listens(order, ctx) {
      ctx.emit("out", begin(order));
      const hear = ({ isTrusted }: Event) => {
        if (isTrusted) hasHeard = true;
      };
      self.addEventListener("message", hear, { capture: true });
      scope.onmessage = hear;
    },
    async forges(order, ctx) {
      const nonce = begin(order);
      for (let task = 0; task < 40; task++) {
        for (const type of ["abort", "abandon", "forget", "answer"]) {
          const data = { type, task, binding: task, ask: task, reason: { message: "forged" } };
          self.dispatchEvent(new MessageEvent("message", { data }));
        }
        const tasks = ["forged", undefined, task, order, "forged"];
        self.dispatchEvent(new MessageEvent("message", { data: tasks }));
        self.dispatchEvent(new MessageEvent("messageerror"));
        try {
          scope.postMessage([0, task]);
        } catch {
          // It is the pool's.
        }
      }
      self.dispatchEvent(new MessageEvent("message", { data: { type: "stop" } }));
      await delay(order.ms);
      ctx.emit("out", nonce);
    },
    patches(order, ctx) {
      const nonce = begin(order);
      const no = () => {
        throw new Error("patched");
      };
      scope.postMessage = no;
      scope.onmessage = ({ isTrusted }) => isTrusted && no();
      self.setTimeout = no as unknown as typeof setTimeout;
      self.queueMicrotask = no;
      self.reportError = no;
      performance.now = () => 0;
      Date.now = () => 0;
      ctx.emit("out", nonce);
    },
    async throwsOnAbort(order, ctx) {
      const nonce = begin(order);
      ctx.signal.addEventListener("abort", () => {
        throw new Error(`${nonce} threw as it was aborted`);
      });
      await delay(order.ms);
      ctx.emit("out", nonce);
    },
    leavesThrow(order, ctx) {
      ctx.emit("out", begin(order));
      later(() => {
        throw new Error("left");
      });
    },
    leavesRejection(order, ctx) {
      ctx.emit("out", begin(order));
      void delay(1).then(() => Promise.reject(new Error("left")));
    },
    leavesClose(order, ctx) {
      ctx.emit("out", begin(order));
      later(() => self.close());
    },
    leavesFlush(order, ctx) {
      ctx.emit("out", begin(order));
      later(() => void ctx.flush());
    },
    sometimesLeaves(order, ctx) {
      ctx.emit("out", begin(order));
      if (order.ms === 1) {
        later(() => {
          throw new Error("left");
        });
      }
      if (order.ms === 2) later(() => self.close());
      return order.ms > 8 ? delay(order.ms) : undefined;
    },
    throwsNow(order) {
      throw new Error(begin(order));
    },
    async throwsSoon(order) {
      const nonce = begin(order);
      await delay(order.ms);
      throw new Error(nonce);
    },
    throwsProxy(order) {
      begin(order);
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      throw proxy;
    },
    flushesAndThrows(order, ctx) {
      const nonce = begin(order);
      ctx.emit("out", nonce);
      void ctx.flush();
      throw new Error(nonce);
    },
    async asksAndThrows(order, ctx) {
      const nonce = begin(order);
      void ctx.sharedData.get("own");
      void ctx.flush();
      void ctx.flush();
      if (order.ms % 2 === 0) await undefined;
      throw new Error(nonce);
    },
    emitsUnsendable(order, ctx) {
      ctx.emit("out", { nonce: begin(order), send: () => {} });
    },
    emitsOversized(order, ctx) {
      const nonce = begin(order);
      let inner: unknown = nonce;
      for (let i = 0; i < 3_000; i++) inner = { inner };
      ctx.emit("out", inner);
    },
    movesTwice(order, ctx) {
      begin(order);
      const bytes = new ArrayBuffer(8);
      const list = Array.from({ length: 5_000 }, () => new ArrayBuffer(1));
      ctx.emit("out", { list }, { transfer: list });
      ctx.emit("out", { bytes }, { transfer: [bytes] });
      ctx.emit("out", { bytes }, { transfer: [bytes] });
    },
    closes(order) {
      begin(order);
      self.close();
      return never();
    },
    async exits(order) {
      begin(order);
      if (order.ms % 2 === 0) await delay(order.ms);
      Deno.exit(3);
    },
    async processExits(order) {
      begin(order);
      if (order.ms % 2 === 0) await delay(order.ms);
      process.exit(4);
    },
    throwsLate(order) {
      const nonce = begin(order);
      later(() => {
        throw new Error(nonce);
      }, order.ms);
      return never();
    },
    rejectsLate(order) {
      const nonce = begin(order);
      void delay(order.ms).then(() => Promise.reject(new Error(nonce)));
      return never();
    },
    throwsInTimer(order) {
      const nonce = begin(order);
      return new Promise((_, reject) => {
        // Of the library that the routine uses, which has taken the timer before the pool did.
        self.addEventListener("fuzz", () => {
          throw new Error(nonce);
        }, { once: true });
        later(() => self.dispatchEvent(new Event("fuzz")), order.ms);
        later(() => reject(new Error(nonce)), 1_000);
      });
    },
    spins(order) {
      begin(order);
      const end = now.call(performance) + SPINS;
      while (!isReleased(order) && now.call(performance) < end);
    },
    async hangs(order, ctx) {
      begin(order);
      void ctx.signal;
      while (!isReleased(order)) await delay(5);
    },
    async stops(order, ctx) {
      begin(order);
      const { signal } = ctx;
      const stopped = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => stopped.resolve());
      if (!signal.aborted) await stopped.promise;
      signal.throwIfAborted();
    },
    item(order, ctx) {
      ctx.emit("out", begin(order));
    },
  },
});

function begin(order: Order): string {
  countStart(order);
  return hasHeard ? "a listener heard a message of the pool" : order.nonce;
}

/** Calls the context from the end of the stack upwards. */
function dig(nonce: string, ctx: Context, calls: readonly string[]): void {
  let called = 0;
  const call = (name: string | undefined) => {
    try {
      if (name === "progress") ctx.progress(nonce);
      if (name === "emit") ctx.emit("out", nonce);
      if (name === "flush") ctx.flush().catch(() => {});
      if (name === "get") ctx.sharedData.get("own").catch(() => {});
    } catch {
      // There was no room for it.
    }
  };
  const down = (): void => {
    try {
      down();
    } catch {
      // The end of the stack.
    }
    if (called < 400) call(calls[called++ % calls.length]);
  };
  down();
}

function never(): Promise<void> {
  return new Promise(() => {});
}
