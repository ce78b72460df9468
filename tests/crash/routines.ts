// Deterministic routines: they depend on their payload and attempt alone, whatever was killed in
// between.

import { defineRoutine, event, type FailedPayload, slot } from "@millrace/flow/routine";
import { delay } from "@std/async/delay";
import { record } from "./diary.ts";
import { Random } from "./random.ts";

/** The payload that a job starts with. */
export interface Batch {
  readonly key: string;
  readonly seed: number;
  readonly items: number;
}

/** A payload on its way through the flow; no two have the same key in one job, but fallbacks. */
export interface Item {
  readonly key: string;
  readonly value: number;
}

/** Where the diary is; empty for none. */
const config = { diary: "" };

/** Sends items, committing some of them before the others. */
export const source = defineRoutine(import.meta, {
  slots: { batch: slot<Batch>() },
  events: { item: event<Item>() },
  config,
  handlers: {
    async batch({ key, seed, items }, ctx) {
      const { diary } = ctx.config;
      record(diary, "run", ctx.activationId);
      const random = new Random(seed);
      let flushes = 0;
      for (let i = 0; i < items; i++) {
        ctx.emit("item", { key: `${key}.${i}`, value: random.integer(100) });
        ctx.sharedLog.append({ sent: i });
        await ctx.sharedData.update("sent", (sent: number = 0) => sent + 1);
        if (i % 3 !== 2) continue;
        ctx.routineState.patch({ sent: i + 1 });
        await ctx.flush();
        record(diary, `flush ${++flushes}`, ctx.activationId);
        await delay(2);
      }
      ctx.routineState.patch({ isDone: true });
    },
  },
});

/** Sends each item two ways, some of them later, and some to be asked about. */
export const prepare = defineRoutine(import.meta, {
  slots: { item: slot<Item>() },
  events: { part: event<Item>(), question: event<Item>() },
  config,
  handlers: {
    item({ key, value }, ctx) {
      record(ctx.config.diary, "run", ctx.activationId);
      ctx.emit("part", { key, value }, { delay: value % 4 === 0 ? 2 * (value % 9) : 0 });
      if (value % 5 === 0) ctx.emit("question", { key: `${key}?`, value });
      ctx.routineState.patch({ [key]: value });
    },
  },
});

/** Works a while, fails at some items for one or two attempts, and at some always. */
export const work = defineRoutine(import.meta, {
  slots: { part: slot<Item>() },
  events: { output: event<Item>() },
  config: { ...config, name: "" },
  handlers: {
    async part({ key, value }, ctx) {
      record(ctx.config.diary, "run", ctx.activationId);
      ctx.sharedData.set(`attempt of ${ctx.config.name} ${key}`, ctx.attempt);
      await delay(value % 6);
      if (value % 11 === 0) throw new RangeError(`never ${key}`);
      if (ctx.attempt <= value % 3) throw new TypeError(`not yet ${key}`);
      ctx.sharedLog.append({ worked: key });
      ctx.emit("output", { key: `${key}/${ctx.config.name}`, value: value * 2 });
    },
  },
});

/** Waits for an answer that never comes. */
export const ask = defineRoutine(import.meta, {
  slots: { question: slot<Item>(), answer: slot<Item>() },
  events: { output: event<Item>() },
  config,
  handlers: {
    question({ key }, ctx) {
      record(ctx.config.diary, "run", ctx.activationId);
      ctx.waitFor(key, { deliverTo: "answer", timeout: 20 });
    },
    answer() {
      throw new Error("nobody answers");
    },
  },
});

/** Gathers what comes from all sides. */
export const gather = defineRoutine(import.meta, {
  slots: { item: slot<Item>() },
  config,
  handlers: {
    async item({ key, value }, ctx) {
      record(ctx.config.diary, "run", ctx.activationId);
      await ctx.sharedData.update("sum", (sum: number = 0) => sum + value);
      await ctx.sharedData.update("keys", (keys: Set<string> = new Set()) => keys.add(key));
      ctx.sharedLog.append({ gathered: key });
    },
  },
});

/** Takes what failed for good. */
export const quarantine = defineRoutine(import.meta, {
  slots: { failed: slot<FailedPayload<Item>>() },
  config,
  handlers: {
    async failed({ payload, error }, ctx) {
      record(ctx.config.diary, "run", ctx.activationId);
      await ctx.sharedData.update("failed", (count: number = 0) => count + 1);
      ctx.sharedLog.append({ failed: payload.key, error: error.message });
    },
  },
});
