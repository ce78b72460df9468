import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { ABORTED, arrive, ARRIVED, HANGS, type Latched, reached, RELEASED } from "./latches.ts";

/** Uses the shared data, and logs what it sees there. */
export const notebook = defineRoutine(import.meta, {
  slots: {
    readsOwnWrites: slot<undefined>(),
    leavesWithoutReading: slot<undefined>(),
    readsCommitted: slot<undefined>(),
    changesWhatItRead: slot<undefined>(),
    changesWhatItWrote: slot<undefined>(),
    readsAgain: slot<Latched>(),
    updates: slot<undefined>(),
    updateThrows: slot<undefined>(),
    updatesInUpdate: slot<undefined>(),
    readsInUpdate: slot<undefined>(),
    updatesLate: slot<Latched>(),
    updatesBusily: slot<Latched>(),
    visits: slot<string>(),
    sets: slot<Readonly<Record<string, unknown>>>(),
    ofKeys: slot<readonly string[]>(),
  },
  events: { next: event<undefined>(), first: event<string>() },
  handlers: {
    async readsOwnWrites(_, { sharedData, sharedLog }) {
      sharedLog.append([await sharedData.get("a"), await sharedData.has("a")]);
      sharedData.set("a", 1);
      sharedLog.append([await sharedData.get("a"), await sharedData.has("a")]);
      await sharedData.update("a", (a: number = 0) => a + 10);
      sharedData.set("nothing", undefined);
      sharedLog.append([await sharedData.get("a"), await sharedData.keys()]);
      sharedData.delete("a");
      sharedLog.append([await sharedData.get("a"), await sharedData.has("a")]);
      await sharedData.update("a", (a) => [a, "made anew"]);
      sharedLog.append([await sharedData.get("a"), await sharedData.has("a")]);
    },
    leavesWithoutReading(_, ctx) {
      ctx.sharedData.set("kept", { at: new Date(0), tags: new Set(["x"]), big: 1n });
      ctx.sharedData.set("dropped", 1);
      ctx.sharedData.set("overwritten", 1);
      ctx.emit("next");
    },
    async readsCommitted(_, { sharedData, sharedLog }) {
      sharedLog.append(await sharedData.get("kept"));
      sharedLog.append(await sharedData.keys());
      sharedData.delete("dropped");
      sharedData.delete("never there");
      sharedData.set("overwritten", 2);
      sharedLog.append(await sharedData.keys());
      sharedLog.append([await sharedData.get("dropped"), await sharedData.get("overwritten")]);
    },
    async changesWhatItRead(_, ctx) {
      const list = await ctx.sharedData.get<number[]>("list");
      list?.push(2);
      ctx.sharedLog.append(await ctx.sharedData.get("list"));
    },
    async changesWhatItWrote(_, ctx) {
      const list = [1];
      ctx.sharedData.set("list", list);
      list.push(2);
      (await ctx.sharedData.get<number[]>("list"))?.push(3);
      ctx.emit("next");
    },
    async readsAgain({ latches }, { sharedData, sharedLog }) {
      const before = await sharedData.get("turn");
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      sharedLog.append([before ?? null, await sharedData.get("turn") ?? null]);
    },
    async updates(_, { sharedData, sharedLog }) {
      const seen: unknown[] = [];
      await sharedData.update("total", (total: number = 0) => {
        seen.push(total);
        return total + 1;
      });
      await sharedData.update("total", (total: number = 0) => total * 10);
      sharedLog.append({ callsBeforeTheEnd: seen.length });
    },
    async updateThrows(_, ctx) {
      ctx.sharedData.set("other", 1);
      await ctx.sharedData.update("total", () => {
        throw new RangeError("too much");
      });
    },
    async updatesInUpdate(_, { sharedData }) {
      await sharedData.update("outer", () => {
        void sharedData.update("inner", () => 1);
        return 1;
      });
    },
    async readsInUpdate(_, { sharedData }) {
      await sharedData.update("outer", () => {
        void sharedData.get("other");
        return 1;
      });
    },
    async updatesLate({ latches }, { sharedData }) {
      await reached(latches, ARRIVED);
      await sharedData.update("busy", (n: number = 0) => n + 1);
      // When the handler has returned, and waits for the key that another has locked.
      setTimeout(() => {
        try {
          void sharedData.update("late", () => 1);
        } catch {
          arrive(latches, ABORTED);
        }
        arrive(latches, RELEASED);
      });
    },
    async updatesBusily({ latches }, { sharedData }) {
      await sharedData.update("busy", (n: number = 0) => {
        arrive(latches, ARRIVED);
        Atomics.wait(new Int32Array(latches), RELEASED, 0, HANGS);
        return n + 1;
      });
    },
    async visits(page, ctx) {
      await ctx.sharedData.update(`seen ${page}`, (times: number = 0) => {
        if (times === 0) ctx.emit("first", page);
        return times + 1;
      });
      await ctx.sharedData.get(`seen ${page}`); // which tries the function, and keeps nothing
    },
    sets(values, ctx) {
      for (const [key, value] of Object.entries(values)) ctx.sharedData.set(key, value);
    },
    async ofKeys(keys, ctx) {
      for (const key of keys) await ctx.sharedData.update(key, (n: number = 0) => n + 1);
    },
  },
});

/** Asks for the given number of additions. */
export const askForMany = defineRoutine(import.meta, {
  slots: { times: slot<number>() },
  events: { one: event<number>() },
  handlers: {
    times(times, ctx) {
      for (let i = 0; i < times; i++) ctx.emit("one", i);
    },
  },
});

/** Adds one to a counter, in different ways that all have to count. */
export const counter = defineRoutine(import.meta, {
  slots: { one: slot<number>() },
  handlers: {
    async one(i, ctx) {
      await ctx.sharedData.update("count", (count: number = 0) => count + 1);
      await ctx.sharedData.update("busy", (busy: string[] = []) => {
        return busy.includes(ctx.workerId) ? busy : [...busy, ctx.workerId];
      });
      if (i % 10 === 0) await ctx.flush();
      if (i % 10 === 1) await ctx.sharedData.get("count");
    },
  },
});
