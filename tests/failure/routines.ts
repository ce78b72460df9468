import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { ABORTED, arrive, ARRIVED, type Latched, reached, RELEASED } from "../routines/latches.ts";

/** The failures that a handler is to have. */
export interface Flaky {
  /** The number of attempts that fail. */
  readonly fails: number;
  /** The name of the error. */
  readonly name?: string;
}

/** As most people write one: its name is that of its class. */
class RateLimitError extends Error {}

/** Fails as many attempts as its payload says. */
export const flaky = defineRoutine(import.meta, {
  slots: { item: slot<Flaky>(), limited: slot<number>(), passedOn: slot<Flaky>() },
  events: { done: event<number>(), next: event<Flaky>() },
  handlers: {
    item({ fails, name = "Error" }, ctx) {
      ctx.sharedLog.append(ctx.attempt);
      if (ctx.attempt > fails) return void ctx.emit("done", ctx.attempt);
      throw Object.assign(new Error(`attempt ${ctx.attempt} fails`), { name });
    },
    limited(fails, ctx) {
      if (ctx.attempt <= fails) throw new RateLimitError("slow down");
    },
    passedOn(flaky, ctx) {
      ctx.emit("next", flaky);
    },
  },
});

/** Begins, and goes on only when the test lets it. */
export const waiter = defineRoutine(import.meta, {
  slots: { heedful: slot<Latched>(), deaf: slot<Latched>(), either: slot<Latched>() },
  events: { done: event<Latched>() },
  handlers: {
    async heedful({ latches }, ctx) {
      const { signal } = ctx;
      const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
      arrive(latches, ARRIVED);
      if (!signal.aborted) await stopped;
      const { name, message } = signal.reason as Error;
      ctx.progress({ name, message });
      arrive(latches, ABORTED);
      throw new TypeError("stopped half way");
    },
    async deaf({ latches }, ctx) {
      const turn = arrive(latches, ARRIVED);
      await reached(latches, RELEASED, turn);
      ctx.emit("done", { latches });
    },
    async either({ latches }, ctx) {
      const turn = arrive(latches, ARRIVED);
      const stopped = new Promise<never>((_, reject) => {
        ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
      });
      await Promise.race([reached(latches, RELEASED, turn), stopped]);
      ctx.sharedData.set("done", true);
    },
  },
});

/** Stores its payloads. */
export const keeper = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    async item(item, ctx) {
      await ctx.sharedData.update("kept", (kept: unknown[] = []) => [...kept, item]);
    },
  },
});

/** Puts one thing off until the job is resumed. */
export const deferrer = defineRoutine(import.meta, {
  slots: { item: slot<readonly string[]>() },
  events: { now: event<string>(), later: event<string>() },
  handlers: {
    item(items, ctx) {
      ctx.emit("now", "now");
      for (const item of items) ctx.emit("later", item, { when: "resumed" });
    },
  },
});

/** Waits for somebody's approval. */
export const clerk = defineRoutine(import.meta, {
  slots: { ask: slot<number | undefined>(), approved: slot<unknown>(), both: slot<undefined>() },
  events: { filed: event<unknown>(), dropped: event<string>() },
  handlers: {
    ask(timeout, ctx) {
      ctx.waitFor("approval", {
        deliverTo: "approved",
        ...timeout !== undefined && { timeout },
      });
    },
    both(_, ctx) {
      ctx.waitFor("approval", { deliverTo: "approved" });
      ctx.waitFor("approval", { deliverTo: "approved" });
    },
    approved(by, ctx) {
      ctx.emit("filed", { by });
    },
  },
});
