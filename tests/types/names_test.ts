// The tests of this folder are passed by the compiler: `deno task check` checks the types of all files,
// and a `@ts-expect-error` above a line that compiles is an error itself.

import { defineRoutine, event, type EventPort, Flow, type Routine, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import type { EventReference } from "@millrace/flow/types";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import { sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink);
}

Deno.test("Flow.add() records slots and events by name", () => {
  compiles(() => flow().connect("source.reading", "sink.reading"));
  compiles(() => flow().connect("source.reading", "sink.anything"));
  compiles(() => flow().start("sink.level", { level: 1 }));

  type Parameter = Parameters<ReturnType<typeof flow>["start"]>[0];
  type Slots = "source.trigger" | "sink.reading" | "sink.level" | "sink.anything";
  isTrue<Same<Parameter, Slots>>();
});

Deno.test("Flow.connect() rejects unknown events", () => {
  // @ts-expect-error it is called "reading"
  compiles(() => flow().connect("source.readings", "sink.reading"));
  // @ts-expect-error a slot is no event
  compiles(() => flow().connect("source.trigger", "sink.anything"));
  // @ts-expect-error there is no such routine
  compiles(() => flow().connect("well.reading", "sink.reading"));
  // @ts-expect-error no event is named
  compiles(() => flow().connect("source", "sink.reading"));
});

Deno.test("Flow.connect() rejects unknown slots", () => {
  // @ts-expect-error it is called "reading"
  compiles(() => flow().connect("source.reading", "sink.readings"));
  // @ts-expect-error an event is no slot
  compiles(() => flow().connect("source.reading", "source.reading"));
  // @ts-expect-error there is no such routine
  compiles(() => flow().connect("source.reading", "drain.reading"));
});

Deno.test("Flow.connect() rejects a routine added later", () => {
  // @ts-expect-error "sink" comes later
  compiles(() => new Flow().add("source", source).connect("source.reading", "sink.reading"));
});

Deno.test("Flow.start() rejects unknown slots", () => {
  // @ts-expect-error it is called "trigger"
  compiles(() => flow().start("source.triggers", 1));
  // @ts-expect-error an event is no slot
  compiles(() => flow().execute("source.reading", { gauge: "g", level: 1 }));
  // @ts-expect-error there is nothing to start at
  compiles(() => new Flow().start("source.trigger"));
  // @ts-expect-error an entry is a slot
  compiles(() => flow().validate({ entries: ["source.reading"] }));
});

Deno.test("WorkerPool.run() rejects unknown slots", () => {
  compiles(() => new WorkerPool().run(sink, "level", { level: 1 }));
  // @ts-expect-error it is called "level"
  compiles(() => new WorkerPool().run(sink, "levels", { level: 1 }));
});

Deno.test("Flow.add() accepts a routine under several ids", () => {
  const twice = () => flow().add("other", source).connect("other.reading", "sink.reading");
  compiles(twice);
  type Known = NonNullable<ReturnType<typeof twice>["types"]>;
  type Events = "reading" | "empty" | "$error";
  isTrue<Same<EventReference<Known>, `source.${Events}` | "sink.$error" | `other.${Events}`>>();
});

Deno.test("Flow.add() rejects a duplicate id", () => {
  compiles(() => flow().add("more", sink).add("most", sink));
  compiles(() => {
    // @ts-expect-error there is a "sink"
    flow().add("sink", sink);
    // @ts-expect-error there is a "sink", if another one
    flow().add("sink", source);
    // @ts-expect-error one of the two is taken
    flow().add("sink" as "sink" | "drain", source);
  });
});

Deno.test("Flow.add() accepts ids known at run time", () => {
  const ids: readonly string[] = [];
  compiles(() => {
    const built = flow();
    for (const id of ids) built.add(id, sink);
    const sinks = new Flow<Record<string, typeof sink>>();
    sinks.add("sink", sink).start("sink.level", { level: 1 });
    // @ts-expect-error a level is a number
    sinks.start("sink.level", { level: "1" });
  });
});

Deno.test("defineRoutine() rejects an event named $error", () => {
  const options = { slots: { input: slot<number>() }, handlers: { input() {} } };
  compiles(() => defineRoutine(import.meta, { ...options, events: { error: event<number>() } }));
  // @ts-expect-error what it fails at leaves on that
  compiles(() => defineRoutine(import.meta, { ...options, events: { $error: event<number>() } }));
  // @ts-expect-error what it fails at leaves on that
  compiles(() => undefined as unknown as Routine<object, { $error: EventPort<number> }>);
});
