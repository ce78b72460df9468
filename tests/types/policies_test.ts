import {
  defineRoutine,
  event,
  type FailedPayload,
  Flow,
  type RoutineContext,
  slot,
} from "@millrace/flow";
import type { None } from "@millrace/flow/types";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import { type Reading, renamed, sink, source } from "./routines.ts";

const quarantine = defineRoutine(import.meta, {
  slots: {
    reading: slot<FailedPayload<Reading | { level: number }>>(),
    number: slot<FailedPayload<number>>(),
    any: slot<FailedPayload>(),
  },
  handlers: {
    reading({ payload, slot: place, error }) {
      isTrue<Same<typeof payload, Reading | { level: number }>>();
      isTrue<Same<typeof place, string>>();
      isTrue<Same<typeof error.name, string>>();
    },
    number() {},
    any() {},
  },
});

function flow() {
  return new Flow()
    .add("source", source)
    .add("sink", sink)
    .add("renamed", renamed)
    .add("quarantine", quarantine);
}

Deno.test("Flow.connect() types the payload of $error", () => {
  compiles(() => {
    flow().connect("source.$error", "quarantine.any");
    flow().connect("sink.$error", "quarantine.any");
    flow().connect("sink.$error", "sink.anything");
    // @ts-expect-error what failed there is no number
    flow().connect("renamed.$error", "quarantine.number");
    // @ts-expect-error a failed payload is not the payload itself
    flow().connect("sink.$error", "sink.reading");
    // @ts-expect-error there is no such routine
    flow().connect("well.$error", "quarantine.any");
  });
});

Deno.test("ctx.emit() rejects $error", () => {
  defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    events: { done: event<number>() },
    handlers: {
      input(_, ctx) {
        isTrue<Same<Parameters<typeof ctx.emit>[0], "done">>();
      },
    },
  });
});

Deno.test("ctx.waitFor() requires a slot of the routine", () => {
  defineRoutine(import.meta, {
    slots: { request: slot<number>(), approved: slot<boolean>() },
    handlers: {
      request(_, ctx) {
        isTrue<Same<typeof ctx, RoutineContext<None, None, "request" | "approved">>>();
        compiles(() => {
          ctx.waitFor("approval", { deliverTo: "approved", timeout: 5 });
          // @ts-expect-error it is called "approved"
          ctx.waitFor("approval", { deliverTo: "approve" });
          // @ts-expect-error it must go somewhere
          ctx.waitFor("approval", {});
        });
      },
      approved() {},
    },
  });
});

Deno.test("EmitOptions rejects invalid values", () => {
  defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    events: { done: event<number>() },
    handlers: {
      input(number, ctx) {
        compiles(() => {
          ctx.emit("done", number, { when: "resumed" });
          // @ts-expect-error there is no other time
          ctx.emit("done", number, { when: "later" });
          ctx.emit("done", number, { delay: 5 });
          // @ts-expect-error a delay is a number of milliseconds
          ctx.emit("done", number, { delay: "5 s" });
        });
      },
    },
  });
});

Deno.test("RoutinePolicy rejects invalid strategies", () => {
  compiles(() => {
    new Flow({ onError: "continue", runTimeout: 5 });
    flow().add("a", source, { onError: { strategy: "retry", maxRetries: 2, then: "skip" } });
    flow().add("a", source, { onErrorOf: { RangeError: { strategy: "skip" } }, optional: true });
    // @ts-expect-error there is no such strategy
    flow().add("a", source, { onError: "ignore" });
    // @ts-expect-error a retry does not end in a retry
    flow().add("a", source, { onError: { strategy: "retry", then: { strategy: "retry" } } });
    // @ts-expect-error a flow as a whole is not critical
    new Flow({ critical: true });
  });
});
