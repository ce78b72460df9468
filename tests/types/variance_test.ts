import {
  defineRoutine,
  event,
  type EventPort,
  Flow,
  type JobState,
  type Routine,
  type RoutineContext,
  type Slot,
  slot,
  type StartOptions,
} from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import type {
  FieldMap,
  NamedEvents,
  PayloadArguments,
  ReferencedInput,
  Routines,
  SlotReference,
} from "@millrace/flow/types";
import { compiles } from "./type_checks.ts";
import { type Reading, renamed, sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink);
}

Deno.test("Slot rejects wider inputs", () => {
  const level = slot<number>();
  compiles(() => level satisfies Slot<number>);
  compiles(() => level satisfies Slot<1, number>);
  compiles(() => level satisfies Slot<never, unknown>);
  // @ts-expect-error a text could be sent to it then
  compiles(() => level satisfies Slot<unknown>);
  // @ts-expect-error a text could be sent to it then
  compiles(() => level satisfies Slot<number | string>);
  // @ts-expect-error its handler would take any number for 1
  compiles(() => level satisfies Slot<1>);
});

Deno.test("Routine rejects wider slots and missing event fields", () => {
  compiles(() => sink satisfies Routine);
  compiles(() => [source, sink, renamed] satisfies Routine[]);
  compiles(() => sink satisfies Routine<{ level: Slot<Reading, unknown> }>);
  compiles(() => source satisfies Routine<object, { reading: EventPort<{ level: number }> }>);
  // @ts-expect-error anything could be sent to it then
  compiles(() => sink satisfies Routine<{ level: Slot<unknown> }>);
  type Timed = Reading & { at: number };
  // @ts-expect-error a reading has a level and a gauge, and no more
  compiles(() => source satisfies Routine<object, { reading: EventPort<Timed> }>);
  // @ts-expect-error it has no such slot
  compiles(() => sink satisfies Routine<{ levels: Slot<never, unknown> }>);
});

Deno.test("Routine rejects a wider config", () => {
  compiles(() => source satisfies Routine<object, object, { delayMs: number }>);
  // @ts-expect-error its delay could be changed to a text then
  compiles(() => source satisfies Routine<object, object, { delayMs: number | string }>);
});

Deno.test("Routine accepts no payload without known slots", () => {
  const routine: Routine = sink;
  compiles(() => new WorkerPool().run(routine, "level", undefined as never));
  compiles(() => flow().add("x", routine).connect("x.any", "sink.anything"));
  compiles(() => {
    // @ts-expect-error nobody knows what it takes
    new WorkerPool().run(routine, "level", { level: 1 });
    // @ts-expect-error nobody knows what it takes
    flow().add("x", routine).start("x.level", { level: 1 });
    // @ts-expect-error nobody knows what it takes
    flow().add("x", routine).connect("source.reading", "x.level");
    // @ts-expect-error nobody knows what it emits
    flow().add("x", routine).connect("x.any", "sink.level");
  });
});

Deno.test("Flow fits a parameter for any flow", () => {
  function close(flow: Flow): Promise<void> {
    return flow.close();
  }
  function running(flow: Flow<Routines>): JobState[] {
    return [...flow.jobs.values()].filter(({ status }) => status === "running");
  }
  function start<R extends Routines, Entry extends SlotReference<R>>(
    flow: Flow<R>,
    entry: Entry,
    ...args: PayloadArguments<ReferencedInput<R, Entry>, StartOptions>
  ): JobState {
    running(flow);
    close(flow);
    return flow.start(entry, ...args);
  }
  const flows: Flow[] = [];
  compiles(() => {
    for (const any of [new Flow(), flow(), flow().add("renamed", renamed)]) {
      close(any);
      running(any);
      flows.push(any);
    }
    start(flow(), "sink.level", { level: 1 });
    start(flow(), "source.trigger");
    // @ts-expect-error a level is a number
    start(flow(), "sink.level", { level: "1" });
    // @ts-expect-error a payload is needed
    start(flow(), "sink.level");
  });
});

Deno.test("Flow fits a parameter for a certain routine", () => {
  function level(flow: Flow<{ sink: Routine<{ level: Slot<Reading, unknown> }> }>): JobState {
    return flow.start("sink.level", { gauge: "g", level: 1 });
  }
  function any(flow: Flow<{ sink: Routine<{ level: Slot<unknown> }> }>): JobState {
    return flow.start("sink.level", "high");
  }
  compiles(() => level(flow()));
  // @ts-expect-error its "sink" takes levels alone
  compiles(() => any(flow()));
  // @ts-expect-error it has no "sink"
  compiles(() => level(new Flow().add("source", source)));
});

Deno.test("Flow skips checks for routines known at run time", () => {
  const parts: readonly [string, Routine][] = [];
  const map: FieldMap = {};
  compiles(() => {
    const flow = new Flow<Routines>();
    for (const [id, routine] of parts) flow.add(id, routine);
    flow.connect("a.b", "c.d", { map }).connect("a.$error", "c.d");
    flow.start("a.b");
    flow.start("a.b", 1, { jobId: "job_1" });
    // @ts-expect-error an entry names a slot of a routine
    flow.start("a", 1);
  });
});

Deno.test("RoutineContext fits helpers that emit less", () => {
  function half(n: number, ctx: RoutineContext<{ half: EventPort<number> }>): void {
    ctx.emit("half", n / 2);
  }
  function text(ctx: RoutineContext<{ half: EventPort<number | string> }>): void {
    ctx.emit("half", "a half");
  }
  function third(ctx: RoutineContext<{ third: EventPort<number> }>): void {
    ctx.emit("third", 3);
  }
  function anyOf<E extends NamedEvents<E>>(ctx: RoutineContext<E>): string {
    return ctx.slot;
  }
  function now({ now }: RoutineContext): number {
    return now();
  }
  compiles(() =>
    defineRoutine(import.meta, {
      slots: { n: slot<number>() },
      events: { half: event<number>(), other: event<string>() },
      handlers: {
        n(n, ctx) {
          half(now(ctx) + n, ctx);
          anyOf(ctx);
          // @ts-expect-error its "half" carries numbers alone
          text(ctx);
          // @ts-expect-error it has no such event
          third(ctx);
        },
      },
    })
  );
});
