import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import type { EventPort, Slot } from "@millrace/flow";
import type { EmitPayload, ReferencedInput, SlotInput } from "@millrace/flow/types";
import { type Reading, renamed, sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink).add("renamed", renamed);
}

declare const either: "source.trigger" | "sink.reading";
declare const close: "sink.reading" | "sink.level";
const reading: Reading = { gauge: "g", level: 1 };

Deno.test("Flow.start() checks a payload for every possible entry", () => {
  compiles(() => flow().start(close, reading));
  compiles(() => flow().execute(close, reading));
  compiles(() => {
    // @ts-expect-error a number does not fit one of them
    flow().start(either, 1);
    // @ts-expect-error a reading does not fit the other
    flow().start(either, reading);
    // @ts-expect-error a level is no reading
    flow().start(close, { level: 1 });
    // @ts-expect-error a level is no reading
    flow().execute(close, { level: 1 });
    // @ts-expect-error one of them needs a payload
    flow().execute(either);
  });
});

Deno.test("Flow.connect() checks an event for every possible slot", () => {
  compiles(() => flow().connect("source.reading", close));
  compiles(() =>
    flow().connect("source.reading" as "source.reading" | "renamed.maybe", "sink.level")
  );
  compiles(() => {
    // @ts-expect-error what may come of the other is no reading
    flow().connect("renamed.maybe", close);
    // @ts-expect-error a reading is no number
    flow().connect("source.reading", either);
    // @ts-expect-error a text is no level
    flow().connect("source.reading" as "source.reading" | "renamed.text", "sink.level");
  });
});

Deno.test("WorkerPool.run() checks a payload for every possible slot", () => {
  compiles(() => new WorkerPool().run(sink, "reading" as "reading" | "level", reading));
  compiles(() => {
    // @ts-expect-error a level is no reading
    new WorkerPool().run(sink, "reading" as "reading" | "level", { level: 1 });
    // @ts-expect-error neither of the two routines takes the payload of the other
    new WorkerPool().run(sink as typeof sink | typeof numbers, "level", 1);
  });
});

const numbers = defineRoutine(import.meta, {
  slots: { level: slot<number>() },
  events: { number: event<number>(), text: event<string>(), more: event<{ n: number }>() },
  handlers: {
    level(level, ctx) {
      compiles(() => {
        ctx.emit("number", level);
        // @ts-expect-error one of the two carries a text
        ctx.emit("number" as "number" | "text", level);
        // @ts-expect-error one of the two carries a number
        ctx.emit("more" as "number" | "more", { n: 1 });
      });
    },
  },
});

Deno.test("ReferencedInput intersects the inputs of several slots", () => {
  type Known = NonNullable<ReturnType<typeof flow>["types"]>;
  isTrue<Same<ReferencedInput<Known, "sink.level" | "sink.anything">, { level: number }>>();
  isTrue<Same<SlotInput<Slot<1 | 2> | Slot<2 | 3>>, 2>>();
  isTrue<Same<SlotInput<Slot<boolean | undefined>>, boolean | undefined>>();
  isTrue<Same<EmitPayload<EventPort<1 | 2> | EventPort<2 | 3>>, 2>>();
  isTrue<Same<SlotInput<never>, never>>();
});

interface Person {
  readonly name: string;
}

const mixed = defineRoutine(import.meta, {
  slots: {
    person: slot<Person>(),
    people: slot<Person[]>(),
    pair: slot<[Person, Person]>(),
    byName: slot<Map<string, Person>>(),
    names: slot<Set<string>>(),
    group: slot<{ leader: Person; members: Person[] }>(),
    list: slot<{ leader: Person[]; members: Person[] }>(),
  },
  events: { person: event<Person>(), people: event<Person[]>() },
  handlers: {
    person(person, ctx) {
      compiles(() => {
        ctx.emit("person" as "person" | "people", Object.assign([person], person));
        // @ts-expect-error a list is no person
        ctx.emit("person" as "person" | "people", [person]);
      });
    },
    people() {},
    pair() {},
    byName() {},
    names() {},
    group() {},
    list() {},
  },
});

const ada: Person = { name: "Ada" };
const byName: ReadonlyMap<string, Person> = new Map();
const names: ReadonlySet<string> = new Set();

Deno.test("Sent refuses collections that only another slot takes", () => {
  const people = new Flow().add("mixed", mixed).add("other", mixed);
  type To<Name extends string> = "mixed.person" | `mixed.${Name}`;
  compiles(() => {
    // @ts-expect-error a list is no person
    people.start("mixed.person" as To<"people">, [ada]);
    // @ts-expect-error a list is no person
    people.execute("mixed.person" as To<"people">, [ada]);
    // @ts-expect-error a pair is no person
    people.start("mixed.person" as To<"pair">, [ada, ada]);
    // @ts-expect-error a map is no person
    people.start("mixed.person" as To<"byName">, byName);
    // @ts-expect-error a set is no person
    people.start("mixed.person" as To<"names">, names);
    // @ts-expect-error nor is a list in a field
    people.start("mixed.group" as "mixed.group" | "mixed.list", { leader: [ada], members: [] });
    // @ts-expect-error a list is no person
    new WorkerPool().run(mixed, "person" as "person" | "people", [ada]);
    // @ts-expect-error a list is no person
    people.connect("mixed.people", "other.person" as "other.person" | "other.people");
  });
});

Deno.test("Sent accepts readonly collections for mutable slots", () => {
  const people = new Flow().add("mixed", mixed);
  compiles(() => {
    people.start("mixed.people", Object.freeze([ada]));
    people.start("mixed.pair", [ada, ada] as const);
    people.start("mixed.byName", byName);
    people.start("mixed.names", names);
    people.start("mixed.group", { leader: ada, members: Object.freeze([ada]) });
  });
});
