// The tests of this folder are passed by the compiler: `deno test` checks the types of what it runs,
// and a `@ts-expect-error` above a line that compiles is an error itself.

import { defineRoutine, event, type EventPort, Flow, type Routine, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import type { EventReference } from "@millrace/flow/types";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import { sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink);
}

Deno.test("the slots and events of a flow are known by name", () => {
  compiles(() => flow().connect("source.reading", "sink.reading"));
  compiles(() => flow().connect("source.reading", "sink.anything"));
  compiles(() => flow().start("sink.level", { level: 1 }));

  type Parameter = Parameters<ReturnType<typeof flow>["start"]>[0];
  type Slots = "source.trigger" | "sink.reading" | "sink.level" | "sink.anything";
  isTrue<Same<Parameter, Slots>>();
});

Deno.test("connecting an event that does not exist does not compile", () => {
  // @ts-expect-error it is called "reading"
  compiles(() => flow().connect("source.readings", "sink.reading"));
  // @ts-expect-error a slot is no event
  compiles(() => flow().connect("source.trigger", "sink.anything"));
  // @ts-expect-error there is no such routine
  compiles(() => flow().connect("well.reading", "sink.reading"));
  // @ts-expect-error no event is named
  compiles(() => flow().connect("source", "sink.reading"));
});

Deno.test("connecting to a slot that does not exist does not compile", () => {
  // @ts-expect-error it is called "reading"
  compiles(() => flow().connect("source.reading", "sink.readings"));
  // @ts-expect-error an event is no slot
  compiles(() => flow().connect("source.reading", "source.reading"));
  // @ts-expect-error there is no such routine
  compiles(() => flow().connect("source.reading", "drain.reading"));
});

Deno.test("a routine is known only after it was added", () => {
  // @ts-expect-error "sink" comes later
  compiles(() => new Flow().add("source", source).connect("source.reading", "sink.reading"));
});

Deno.test("starting at a slot that does not exist does not compile", () => {
  // @ts-expect-error it is called "trigger"
  compiles(() => flow().start("source.triggers", 1));
  // @ts-expect-error an event is no slot
  compiles(() => flow().execute("source.reading", { gauge: "g", level: 1 }));
  // @ts-expect-error there is nothing to start at
  compiles(() => new Flow().start("source.trigger"));
  // @ts-expect-error an entry is a slot
  compiles(() => flow().validate({ entries: ["source.reading"] }));
});

Deno.test("a standalone run knows the slots of its routine", () => {
  compiles(() => new WorkerPool().run(sink, "level", { level: 1 }));
  // @ts-expect-error it is called "level"
  compiles(() => new WorkerPool().run(sink, "levels", { level: 1 }));
});

Deno.test("the same routine can be known under several ids", () => {
  const twice = () => flow().add("other", source).connect("other.reading", "sink.reading");
  compiles(twice);
  type Known = NonNullable<ReturnType<typeof twice>["types"]>;
  type Events = "reading" | "empty" | "$error";
  isTrue<Same<EventReference<Known>, `source.${Events}` | "sink.$error" | `other.${Events}`>>();
});

Deno.test("an id that is taken does not compile", () => {
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

Deno.test("an id that is known at run time alone compiles", () => {
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

Deno.test("an event called $error does not compile", () => {
  const options = { slots: { input: slot<number>() }, handlers: { input() {} } };
  compiles(() => defineRoutine(import.meta, { ...options, events: { error: event<number>() } }));
  // @ts-expect-error what it fails at leaves on that
  compiles(() => defineRoutine(import.meta, { ...options, events: { $error: event<number>() } }));
  // @ts-expect-error what it fails at leaves on that
  compiles(() => undefined as unknown as Routine<object, { $error: EventPort<number> }>);
});
