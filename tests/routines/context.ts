import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "./latches.ts";

interface Settings {
  readonly delayMs: number;
  readonly unit: string;
  readonly nested: { readonly depth: number };
}

const settings: Settings = { delayMs: 10, unit: "m", nested: { depth: 1 } };

/** Logs the content of its context. */
export const witness = defineRoutine(import.meta, {
  slots: { ids: slot<undefined>(), config: slot<undefined>(), changesConfig: slot<undefined>() },
  events: { again: event<undefined>() },
  config: settings,
  handlers: {
    ids(_, ctx) {
      const { flowId, jobId, routineId, slot, activationId, attempt, workerId, signal } = ctx;
      const aborted = signal.aborted;
      const before = ctx.now();
      const ids = { flowId, jobId, routineId, slot, activationId, attempt, workerId, aborted };
      ctx.sharedLog.append({ ...ids, before, after: ctx.now() });
    },
    config(_, ctx) {
      ctx.sharedLog.append(ctx.config);
    },
    changesConfig(_, ctx) {
      const config = ctx.config as { delayMs: number; nested: { depth: number } };
      for (const change of [() => config.delayMs++, () => config.nested.depth++]) {
        try {
          change();
        } catch (error) {
          ctx.sharedLog.append((error as Error).name);
        }
      }
      ctx.emit("again");
    },
  },
});

/** Changes its config, and logs the former content. */
export const vandal = defineRoutine(import.meta, {
  slots: { config: slot<undefined>() },
  config: {
    map: new Map([["a", 1]]),
    set: new Set([1]),
    date: new Date(0),
    bytes: new Uint8Array(1),
    pattern: /a/g,
    list: [new Map()],
  },
  handlers: {
    config(_, ctx) {
      const { map, set, date, bytes, pattern, list } = ctx.config;
      ctx.sharedLog.append([{ ...ctx.config }, pattern.lastIndex]);
      map.set("b", 2);
      set.add(2);
      date.setTime(1);
      bytes[0] = 1;
      pattern.test("a");
      list[0]?.set("b", 2);
      ctx.sharedLog.append([ctx.config.map.size, Object.isFrozen(ctx.config)]);
    },
  },
});

/** Keeps a state of its own. */
export const keeper = defineRoutine(import.meta, {
  slots: { first: slot<undefined>(), second: slot<undefined>() },
  events: { next: event<undefined>() },
  handlers: {
    async first(_, ctx) {
      ctx.sharedLog.append(await ctx.routineState.get());
      const list = ["a"];
      ctx.routineState.patch({ list, kept: 1, changed: 1 });
      list.push("too late");
      ctx.routineState.patch({ changed: 2 });
      (await ctx.routineState.get<{ list: string[] }>()).list?.push("a copy");
      ctx.sharedLog.append(await ctx.routineState.get());
      ctx.emit("next");
    },
    async second(_, ctx) {
      ctx.routineState.patch({ changed: 3 });
      ctx.sharedLog.append(await ctx.routineState.get());
    },
  },
});

/** Writes to the log. */
export const scribe = defineRoutine(import.meta, {
  slots: { write: slot<undefined>() },
  events: { next: event<undefined>() },
  handlers: {
    write(_, ctx) {
      const entry = { action: "first", at: new Date(0) };
      const before = ctx.now();
      ctx.sharedLog.append(entry);
      entry.action = "changed too late";
      ctx.sharedLog.append("second");
      ctx.sharedLog.append({ before, after: ctx.now() });
      ctx.emit("next");
    },
  },
});

/** Flushes in the middle of its work. */
export const flusher = defineRoutine(import.meta, {
  slots: {
    waits: slot<Latched>(),
    fails: slot<undefined>(),
    several: slot<undefined>(),
    notAwaited: slot<undefined>(),
    stopped: slot<Latched>(),
    refused: slot<Latched>(),
    updates: slot<Latched>(),
  },
  events: { item: event<string>() },
  handlers: {
    async waits({ latches }, ctx) {
      ctx.sharedData.set("set", "before");
      await ctx.sharedData.update("updated", (n: number = 0) => n + 1);
      ctx.sharedLog.append("before");
      ctx.routineState.patch({ part: "before" });
      ctx.emit("item", "before");
      await ctx.flush();
      ctx.sharedData.set("set", "after");
      await ctx.sharedData.update("updated", (n: number = 0) => n + 1);
      ctx.sharedLog.append("after");
      ctx.routineState.patch({ part: "after" });
      ctx.emit("item", "after");
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
    },
    async fails(_, ctx) {
      ctx.sharedData.set("flushed", true);
      await ctx.flush();
      ctx.sharedData.set("afterwards", true);
      throw new Error("after the flush");
    },
    async several(_, ctx) {
      for (const part of ["a", "b", "c"]) {
        ctx.emit("item", part);
        await ctx.sharedData.update("parts", (parts: string[] = []) => [...parts, part]);
        await ctx.flush();
      }
    },
    notAwaited(_, ctx) {
      ctx.emit("item", "flushed");
      void ctx.flush();
      ctx.emit("item", "committed");
    },
    async stopped({ latches }, ctx) {
      const { signal } = ctx;
      const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
      ctx.sharedData.set("set", "too late");
      ctx.emit("item", "too late");
      arrive(latches, ARRIVED);
      if (!signal.aborted) await stopped;
      await ctx.flush().catch((error: Error) => ctx.progress(error.name));
    },
    async refused({ latches }, ctx) {
      await ctx.sharedData.update("updated", (n: number = 0) => n + 1);
      for (const item of ["a", "b", "c"]) ctx.emit("item", item);
      await ctx.flush().catch(() => arrive(latches, ARRIVED));
      await reached(latches, RELEASED);
    },
    async updates({ latches }, ctx) {
      await reached(latches, ARRIVED);
      await ctx.sharedData.update("updated", (n: number = 0) => {
        arrive(latches, RELEASED);
        return n + 1;
      });
    },
  },
});

/** Reports its progress, and fails. */
export const reporter = defineRoutine(import.meta, {
  slots: { work: slot<Latched>(), fails: slot<undefined>() },
  handlers: {
    async work({ latches }, ctx) {
      ctx.sharedData.set("done", 1);
      ctx.progress({ done: 1, of: 2 });
      await reached(latches, RELEASED);
      ctx.progress({ done: 2, of: 2 });
    },
    fails(_, ctx) {
      ctx.progress("got this far");
      throw new Error("and no further");
    },
  },
});

const promises = { made: 0, settled: 0 };

/** Uses the ways in which a worker reports to its host. */
export const teller = defineRoutine(import.meta, {
  slots: {
    quickly: slot<undefined>(),
    leavesPromise: slot<undefined>(),
    tellsPromises: slot<undefined>(),
    readsLate: slot<Latched>(),
    setsOnMessage: slot<undefined>(),
    posts: slot<undefined>(),
  },
  handlers: {
    quickly: (_, ctx) => ctx.progress(1),
    leavesPromise(_, ctx) {
      promises.made++;
      const onSettled = () => void promises.settled++;
      ctx.routineState.get().then(onSettled, onSettled);
    },
    readsLate({ latches }, ctx) {
      setTimeout(() => ctx.sharedData.has("anything").catch(() => arrive(latches, ARRIVED)));
    },
    tellsPromises: (_, ctx) => ctx.sharedLog.append(promises),
    async setsOnMessage(_, ctx) {
      Object.assign(self, { onmessage() {} });
      await ctx.sharedData.get("anything");
    },
    posts: () => (self as unknown as Worker).postMessage(null),
  },
});
