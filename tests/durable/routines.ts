// The routines of these tests. Memory cannot be shared by way of a journal, so they are held up by
// locks, which all threads of a process share.

import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { passed } from "./lock.ts";

/** Passes on its payload, and stores it in the shared data under its own id. */
export const keep = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedData.set(ctx.routineId, item);
      ctx.sharedLog.append(ctx.routineId);
      ctx.routineState.patch({ item });
      ctx.emit("item", item);
    },
  },
});

/** Passes each of several on. */
export const spread = defineRoutine(import.meta, {
  slots: { items: slot<readonly unknown[]>() },
  events: { item: event<unknown>() },
  handlers: {
    items(items, ctx) {
      for (const item of items) ctx.emit("item", item);
    },
  },
});

/** Counts its payloads. */
export const count = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item: (_, ctx) => ctx.sharedData.update("count", (count: number = 0) => count + 1),
  },
});

/** Goes on when nobody holds the lock that its payload names. */
export const gated = defineRoutine(import.meta, {
  slots: { lock: slot<unknown>(), flushing: slot<unknown>(), flushingLast: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    async lock(lock, ctx) {
      ctx.sharedLog.append("began");
      await passed(String(lock), ctx.signal);
      ctx.emit("item", lock);
    },
    async flushing(lock, ctx) {
      ctx.emit("item", "flushed");
      await ctx.sharedData.update("flushed", (count: number = 0) => count + 1);
      await ctx.flush();
      await passed(String(lock), ctx.signal);
      ctx.emit("item", "last");
    },
    async flushingLast(lock, ctx) {
      ctx.emit("item", "flushed");
      await passed(String(lock), ctx.signal);
      await ctx.flush();
      ctx.emit("item", "last");
    },
  },
});

/** Fails as many attempts as its payload says. */
export const failing = defineRoutine(import.meta, {
  slots: { times: slot<unknown>() },
  events: { item: event<number>() },
  handlers: {
    times(times, ctx) {
      if (ctx.attempt <= Number(times)) throw new Error(`attempt ${ctx.attempt}`);
      ctx.sharedData.set("attempts", ctx.attempt);
      ctx.emit("item", ctx.attempt);
    },
  },
});

/** Fails with an error of each of these names in turn, then succeeds; holds at the third attempt. */
export const scripted = defineRoutine(import.meta, {
  slots: { script: slot<{ readonly names: readonly string[]; readonly lock: string }>() },
  handlers: {
    async script({ names, lock }, ctx) {
      if (ctx.attempt === 3) await passed(lock, ctx.signal);
      const name = names[ctx.attempt - 1];
      if (name !== undefined) throw Object.assign(new Error("as in the script"), { name });
    },
  },
});

/** Waits for a person. */
export const approval = defineRoutine(import.meta, {
  slots: { request: slot<number>(), approved: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    request(timeout, ctx) {
      ctx.waitFor("approval", { deliverTo: "approved", timeout });
    },
    approved(by, ctx) {
      ctx.sharedData.set("approved", by);
      ctx.emit("item", by);
    },
  },
});

/** Sends one now, and one when the job is resumed. */
export const deferring = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.emit("item", item);
      ctx.emit("item", item, { when: "resumed" });
    },
  },
});

/** Hands over, in all ways that there are, a value that can be sent but not stored in a file. */
export const blobs = defineRoutine(import.meta, {
  slots: { by: slot<"emit" | "data" | "log" | "state" | "flush" | "progress" | "throw">() },
  events: { item: event<unknown>() },
  handlers: {
    async by(by, ctx) {
      const item = { files: [new Blob(["x"])] };
      if (by === "emit" || by === "flush") ctx.emit("item", item);
      if (by === "data") ctx.sharedData.set("key", item);
      if (by === "log") ctx.sharedLog.append(item);
      if (by === "state") ctx.routineState.patch(item);
      if (by === "progress") ctx.progress(item);
      if (by === "flush") await ctx.flush();
      if (by === "throw") throw Object.assign(new Error("with a file"), item);
    },
  },
});

/** Returns the value that every job of a type test carries. */
export const MANY_TYPES = () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  return {
    map: new Map<unknown, unknown>([[{ key: 1 }, new Set([1n, "x"])]]),
    date: new Date(86_400_000),
    big: 2n ** 70n,
    floats: Float64Array.of(0.5, NaN, -0),
    bytes: Uint8Array.of(1, 2, 3).buffer,
    nothing: undefined,
    cycle,
  };
};

/** Hands over, in all ways that there are, a text of some length. */
export const large = defineRoutine(import.meta, {
  slots: {
    by: slot<
      { way: "emit" | "data" | "log" | "state" | "flush" | "progress" | "throw"; size: number }
    >(),
  },
  events: { item: event<unknown>() },
  handlers: {
    async by({ way, size }, ctx) {
      const text = "x".repeat(size);
      if (way === "emit" || way === "flush") ctx.emit("item", text);
      if (way === "data") ctx.sharedData.set("key", text);
      if (way === "log") ctx.sharedLog.append(text);
      if (way === "state") ctx.routineState.patch({ text });
      if (way === "progress") ctx.progress(text);
      if (way === "flush") await ctx.flush();
      if (way === "throw") throw Object.assign(new Error(text, { cause: text }), { text });
    },
  },
});

/** Fails with what it was given. */
export const refusing = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item() {
      throw new Error("refused");
    },
  },
});

/** Emits nothing but what its policy says: fails with what it was given, or waits for a signal in vain. */
export const falling = defineRoutine(import.meta, {
  slots: { item: slot<unknown>(), wait: slot<number>(), signalled: slot<unknown>() },
  events: { item: event<unknown>() },
  handlers: {
    item() {
      throw new Error("refused");
    },
    wait(timeout, ctx) {
      ctx.waitFor("word", { deliverTo: "signalled", timeout });
    },
    signalled() {},
  },
});
