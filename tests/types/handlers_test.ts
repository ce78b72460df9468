import { defineRoutine, event, type Routine, slot } from "@millrace/flow";
import type { None } from "@millrace/flow/types";
import type { RoutineContext, Slot } from "@millrace/flow/routine";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import type { Reading } from "./routines.ts";

Deno.test("defineRoutine() infers payload and context", () => {
  defineRoutine(import.meta, {
    slots: { reading: slot<Reading>(), count: slot<number>() },
    events: { done: event<{ ok: boolean }>() },
    config: { delayMs: 100, unit: "cm" },
    handlers: {
      reading(payload, ctx) {
        isTrue<Same<typeof payload, Reading>>();
        isTrue<Same<typeof ctx.config, Readonly<{ delayMs: number; unit: string }>>>();
        isTrue<Same<typeof ctx.signal, AbortSignal>>();
        isTrue<Same<Parameters<typeof ctx.emit>[0], "done">>();
      },
      async count(payload, ctx) {
        isTrue<Same<typeof payload, number>>();
        const value = await ctx.sharedData.get("seen");
        isTrue<Same<typeof value, unknown>>();
        const counted = await ctx.sharedData.get<number>("count");
        isTrue<Same<typeof counted, number | undefined>>();
        const state = await ctx.routineState.get<{ seen: number }>();
        isTrue<Same<typeof state, Partial<{ seen: number }>>>();
        await ctx.sharedData.update("count", (count: number = 0) => count + payload);
      },
    },
  });
});

Deno.test("SharedData.update() rejects async functions", () => {
  interface Total {
    readonly cents: number;
  }
  defineRoutine(import.meta, {
    slots: { input: slot<number>(), any: slot<unknown>() },
    handlers: {
      input(n, { sharedData }) {
        compiles(async () => {
          await sharedData.update("n", (before: number = 0) => before + n);
          await sharedData.update<Total>("total", ({ cents } = { cents: 0 }) => ({ cents }));
          await sharedData.update("names", (names: readonly string[] = []) => [...names, "a"]);
          await sharedData.update("any", (value) => value ?? n);
          await sharedData.update("gone", () => undefined);
          // @ts-expect-error an update cannot wait
          await sharedData.update("n", async (before: number = 0) => await before + n);
          // @ts-expect-error an update cannot wait
          await sharedData.update("n", async () => await n);
          // @ts-expect-error an update cannot wait
          await sharedData.update("n", async (before) => await before ?? n);
          // @ts-expect-error an update cannot wait
          await sharedData.update("n", () => Promise.resolve(n));
          // @ts-expect-error an update cannot wait
          await sharedData.update<Total>("total", async () => await Promise.resolve({ cents: n }));
          // @ts-expect-error a total is in cents
          await sharedData.update<Total>("total", () => ({ euros: n }));
        });
      },
      any(value, { sharedData }) {
        compiles(() => sharedData.update("any", () => value));
      },
    },
  });
});

Deno.test("defineRoutine() infers destructured parameters", () => {
  defineRoutine(import.meta, {
    slots: { reading: slot<Reading>() },
    handlers: {
      reading({ gauge, level }, { jobId, attempt }) {
        isTrue<Same<typeof gauge, string>>();
        isTrue<Same<typeof level, number>>();
        isTrue<Same<typeof jobId, string>>();
        isTrue<Same<typeof attempt, number>>();
      },
    },
  });
});

Deno.test("ctx.emit() checks event and payload", () => {
  defineRoutine(import.meta, {
    slots: { input: slot<Reading>() },
    events: { level: event<{ level: number }>(), end: event<undefined>(), maybe: event<number>() },
    handlers: {
      input(reading, ctx) {
        compiles(() => {
          ctx.emit("level", reading);
          ctx.emit("level", { level: 1 }, { transfer: [new ArrayBuffer(1)] });
          ctx.emit("end");
          ctx.emit("end", undefined, { transfer: [] });
          // @ts-expect-error there is no such event
          ctx.emit("levels", reading);
          // @ts-expect-error a level is a number
          ctx.emit("level", { level: "1" });
          // @ts-expect-error this event carries something
          ctx.emit("maybe");
          // @ts-expect-error this event carries nothing
          ctx.emit("end", 1);
        });
      },
    },
  });
});

Deno.test("ctx.emit() accepts nothing without events", () => {
  const routine = defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    handlers: {
      input(_, ctx) {
        isTrue<Same<Parameters<typeof ctx.emit>[0], never>>();
        isTrue<Same<typeof ctx, RoutineContext<None, None, "input">>>();
      },
    },
  });
  isTrue<Same<typeof routine, Routine<{ readonly input: Slot<number> }, None, None>>>();
});

Deno.test("defineRoutine() requires one handler per slot", () => {
  compiles(() =>
    defineRoutine(import.meta, {
      slots: { one: slot<number>(), two: slot<number>() },
      // @ts-expect-error "two" has none
      handlers: { one() {} },
    })
  );
  compiles(() =>
    defineRoutine(import.meta, {
      slots: { one: slot<number>() },
      // @ts-expect-error "two" is no slot
      handlers: { one() {}, two() {} },
    })
  );
});

Deno.test("RoutineContext is readonly", () => {
  defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    config: { delayMs: 100 },
    handlers: {
      input(_, ctx) {
        // @ts-expect-error one config serves every activation
        compiles(() => ctx.config.delayMs = 1);
        // @ts-expect-error a job keeps its id
        compiles(() => ctx.jobId = "other");
      },
    },
  });
});
