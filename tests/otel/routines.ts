import { trace } from "npm:@opentelemetry/api@1.9.1";
import { defineRoutine, event, slot } from "@millrace/flow/routine";

const tracer = trace.getTracer("routines");

/** Makes spans of its own, before and after it awaits. */
export const worker = defineRoutine(import.meta, {
  slots: { item: slot<string>(), quick: slot<string>() },
  events: { next: event<string>() },
  handlers: {
    async item(name, ctx) {
      await tracer.startActiveSpan(`${name} outer`, async (span) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        tracer.startSpan(`${name} inner`).end();
        span.end();
      });
      await new Promise((resolve) => setTimeout(resolve, 1));
      tracer.startSpan(`${name} late`).end();
      ctx.emit("next", name);
    },
    // Never awaits, so that a worker calls it in a context that it shares with others.
    quick(name) {
      tracer.startSpan(`${name} quick`).end();
    },
  },
});

/** Sends a number of payloads at once. */
export const source = defineRoutine(import.meta, {
  slots: { names: slot<readonly string[]>() },
  events: { name: event<string>() },
  handlers: {
    names(names, ctx) {
      for (const name of names) ctx.emit("name", name);
    },
  },
});

/** Fails as many attempts as its payload says, each with a span. */
export const flaky = defineRoutine(import.meta, {
  slots: { fails: slot<number>(), closes: slot<void>() },
  handlers: {
    fails(fails, ctx) {
      tracer.startSpan(`try ${ctx.attempt}`).end();
      if (ctx.attempt <= fails) throw new RangeError(`attempt ${ctx.attempt} fails`);
    },
    closes(_, ctx) {
      tracer.startSpan(`try ${ctx.attempt}`).end();
      if (ctx.attempt === 1) self.close();
    },
  },
});

/** Makes spans in code that the host calls later: an update, and a listener of the signal. */
export const caller = defineRoutine(import.meta, {
  slots: { updates: slot<void>(), stops: slot<void>() },
  handlers: {
    async updates(_, ctx) {
      await ctx.sharedData.update("count", (count: number = 0) => {
        tracer.startSpan("update").end();
        return count + 1;
      });
    },
    async stops(_, ctx) {
      const stopped = new Promise<void>((resolve) => {
        ctx.signal.addEventListener("abort", () => {
          tracer.startSpan("stop").end();
          resolve();
        });
      });
      ctx.progress("waits");
      await stopped;
    },
  },
});
