import { defineRoutine, event, slot } from "@millrace/flow/routine";
import { arrive, ARRIVED, type Latched, reached, RELEASED } from "./latches.ts";

/** The payload that goes from stage to stage: the mark of each that it has been through. */
interface Batch {
  readonly name: string;
  readonly marks: readonly number[];
}

/** The first stage: keeps state of its own. */
export const source = defineRoutine(import.meta, {
  slots: { trigger: slot<{ readonly name: string }>() },
  events: { output: event<Batch>() },
  handlers: {
    trigger({ name }, ctx) {
      ctx.routineState.patch({ lastName: name });
      const at = ctx.now();
      ctx.sharedData.set(ctx.routineId, { at });
      ctx.emit("output", { name, marks: [at] });
    },
  },
});

/** A stage in the middle: stamps what it has made. */
export const stage = defineRoutine(import.meta, {
  slots: { input: slot<Batch>() },
  events: { output: event<Batch>() },
  handlers: {
    input({ name, marks }, ctx) {
      const at = ctx.now();
      ctx.sharedData.set(ctx.routineId, { at, from: marks.at(-1) });
      ctx.routineState.patch({ [`saw ${name}`]: true });
      ctx.emit("output", { name, marks: [...marks, at] });
    },
  },
});

/** Gathers what comes into its slot, and keeps what it knew of before. */
export const gatherer = defineRoutine(import.meta, {
  slots: { input: slot<Batch>(), raw: slot<Readonly<Record<string, unknown>>>() },
  handlers: {
    async input(batch, ctx) {
      const before = await ctx.routineState.get<{ names: string[] }>();
      ctx.routineState.patch({ names: [...before.names ?? [], batch.name] });
      await ctx.sharedData.update("gathered", (all: Batch[] = []) => [...all, batch]);
    },
    raw(payload, ctx) {
      ctx.sharedLog.append(payload);
    },
  },
});

/** Takes as long as the test says. */
export const slow = defineRoutine(import.meta, {
  slots: { work: slot<Latched>() },
  handlers: {
    async work({ latches }, ctx) {
      const before = ctx.now();
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
      ctx.sharedData.set("worked", { from: before, to: ctx.now() });
    },
  },
});
