import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "./latches.ts";

/** Emits the id of the worker that executes it. */
export const whoami = defineRoutine(import.meta, {
  slots: { ask: slot<undefined>(), askOnce: slot<Latched>() },
  events: { worker: event<string>() },
  handlers: {
    ask(_, ctx) {
      ctx.emit("worker", ctx.workerId);
    },
    async askOnce({ latches }, ctx) {
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      ctx.emit("worker", ctx.workerId);
    },
  },
});

/** Has every kind of effect. */
export const effective = defineRoutine(import.meta, {
  slots: { all: slot<string>(), inParts: slot<undefined>(), readsBack: slot<undefined>() },
  events: { said: event<string>(), counted: event<{ readonly n: number }>() },
  config: { greeting: "hello", mark: "." },
  handlers: {
    async all(name, ctx) {
      ctx.emit("said", `${ctx.config.greeting}, ${name}${ctx.config.mark}`);
      ctx.emit("counted", { n: 1 });
      ctx.sharedData.set("name", name);
      ctx.sharedData.delete("old");
      await ctx.sharedData.update("count", (n: number = 0) => n + 1);
      ctx.sharedLog.append({ greeted: name });
      ctx.routineState.patch({ last: name });
    },
    async inParts(_, ctx) {
      ctx.emit("said", "one");
      await ctx.sharedData.update("n", (n: number = 0) => n + 1);
      ctx.routineState.patch({ first: 1, both: 1 });
      await ctx.flush();
      ctx.emit("said", "two");
      await ctx.sharedData.update("n", (n: number = 0) => n + 1);
      ctx.sharedLog.append(await ctx.routineState.get());
      ctx.routineState.patch({ second: 2, both: 2 });
    },
    async readsBack(_, ctx) {
      ctx.sharedLog.append([
        await ctx.sharedData.keys(),
        await ctx.routineState.get(),
        [ctx.flowId, ctx.jobId, ctx.routineId, ctx.attempt],
      ]);
    },
  },
});

/** Ends its worker, or has it ended, in each slot in another way. */
export const killer = defineRoutine(import.meta, {
  slots: {
    closes: slot<undefined>(),
    exits: slot<undefined>(),
    throwsLate: slot<undefined>(),
    rejectsUnheard: slot<undefined>(),
    dispatchesError: slot<undefined>(),
    throwsAfterItsEnd: slot<undefined>(),
  },
  events: { item: event<string>() },
  handlers: {
    async closes(_, ctx) {
      ctx.sharedData.set("written", true);
      self.close();
      await forever();
    },
    async exits(_, ctx) {
      ctx.sharedData.set("written", true);
      Deno.exit(7);
      await forever();
    },
    async throwsLate(_, ctx) {
      ctx.sharedData.set("written", true);
      setTimeout(() => {
        throw new RangeError("thrown late");
      });
      await forever();
    },
    async rejectsUnheard(_, ctx) {
      ctx.sharedData.set("written", true);
      void Promise.reject(new RangeError("rejected unheard"));
      await forever();
    },
    async dispatchesError(_, ctx) {
      ctx.sharedData.set("written", true);
      reportError(new RangeError("reported"));
      await forever();
    },
    throwsAfterItsEnd(_, ctx) {
      ctx.emit("item", "ended well");
      setTimeout(() => {
        throw new RangeError("nobody is there any more");
      });
    },
  },
});

/** Never resolves, while something keeps the thread from being idle. */
function forever(): Promise<never> {
  return new Promise(() => {});
}
