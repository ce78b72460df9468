import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import type { FallbackOf } from "@millrace/flow/types";
import type { Policy, RoutinePolicy, Strategy } from "@millrace/flow";
import type { SkipStrategy } from "@millrace/flow/types";
import { compiles } from "./type_checks.ts";
import { sink, source } from "./routines.ts";

const done = defineRoutine(import.meta, {
  slots: { input: slot<number>() },
  events: { done: event<void>(), list: event<number[]>() },
  handlers: { input() {} },
});

const reading = { event: "reading", payload: { gauge: "g", level: 0 } } as const;

Deno.test("SkipStrategy.fallback accepts a payload of the routine's event", () => {
  compiles(() => {
    new Flow().add("source", source, { onError: { strategy: "skip", fallback: reading } });
    const empty = { event: "empty", payload: undefined } as const;
    new Flow().add("source", source, {
      onErrorOf: { RangeError: { strategy: "skip", fallback: empty } },
      onError: { strategy: "retry", then: { strategy: "skip", fallback: reading } },
    });
    const list: readonly number[] = [1];
    const skip = { strategy: "skip", fallback: { event: "list", payload: list } } as const;
    new Flow().add("done", done, { onError: skip });
    new Flow().add("done", done, {
      onError: { strategy: "skip", fallback: { event: "done", payload: undefined } },
    });
  });
});

Deno.test("SkipStrategy.fallback rejects other events and payloads", () => {
  const { payload } = reading;
  const add = (onError: Strategy<FallbackOf<typeof source.events>>) => onError;
  compiles(() => {
    add({ strategy: "skip", fallback: { event: "reading", payload } });
    // @ts-expect-error it is called "reading"
    add({ strategy: "skip", fallback: { event: "read", payload } });
    // @ts-expect-error a reading has a gauge
    add({ strategy: "skip", fallback: { event: "reading", payload: { level: 1 } } });
    // @ts-expect-error that event carries nothing
    add({ strategy: "skip", fallback: { event: "empty", payload } });
    // @ts-expect-error a slot is no event
    add({ strategy: "skip", fallback: { event: "trigger", payload: 1 } });
    // @ts-expect-error nobody emits on $error
    add({ strategy: "skip", fallback: { event: "$error", payload } });
    // @ts-expect-error after retries it is the same
    add({ strategy: "retry", then: { strategy: "skip", fallback: { event: "read", payload } } });
  });
});

Deno.test("Flow.add() rejects fallbacks of unknown events", () => {
  const skip = { strategy: "skip", fallback: reading } as const;
  const typo = { strategy: "skip", fallback: { ...reading, event: "read" } } as const;
  compiles(() => {
    // @ts-expect-error it is called "reading"
    new Flow().add("a", source, { onError: typo });
    // @ts-expect-error it is called "reading"
    new Flow().add("a", source, { onError: { strategy: "retry", then: typo } });
    // @ts-expect-error it is called "reading"
    new Flow().add("a", source, { onErrorOf: { RangeError: typo } });
    // @ts-expect-error it has no events
    new Flow().add("a", sink, { onError: skip });
  });
});

Deno.test("Policy fits every routine without a fallback", () => {
  const strategy: Strategy = { strategy: "retry", then: "skip" };
  const policy: Policy = { onError: strategy };
  const optional: RoutinePolicy = { ...policy, optional: true };
  compiles(() => new Flow(policy).add("source", source, optional).add("sink", sink, optional));
});

Deno.test("SkipStrategy fits the routines with its event", () => {
  const skip: SkipStrategy<FallbackOf<typeof source.events>> = {
    strategy: "skip",
    fallback: reading,
  };
  compiles(() => new Flow({ onError: skip }).add("source", source, { onError: skip }));
  // @ts-expect-error it has no such event
  compiles(() => new Flow().add("sink", sink, { onError: skip }));
});
