import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import { compiles } from "./type_checks.ts";
import { type Reading, renamed, sink, source } from "./routines.ts";

function flow() {
  return new Flow().add("source", source).add("sink", sink).add("renamed", renamed);
}

Deno.test("a payload that does not fit its slot does not compile", () => {
  // @ts-expect-error a reading is no number
  compiles(() => flow().connect("source.reading", "source.trigger"));
  // @ts-expect-error a text is no reading
  compiles(() => flow().connect("renamed.text", "sink.reading"));
  // @ts-expect-error the gauge may be missing
  compiles(() => flow().connect("renamed.maybe", "sink.reading"));
  // @ts-expect-error "station" is missing
  compiles(() => flow().connect("source.reading", "renamed.input"));
  // @ts-expect-error nothing is no reading
  compiles(() => flow().connect("source.empty", "sink.reading"));
});

Deno.test("a payload may hold more than its slot asks for", () => {
  compiles(() => flow().connect("source.reading", "sink.level"));
  compiles(() => flow().connect("renamed.maybe", "sink.level"));
  compiles(() => flow().connect("renamed.text", "sink.anything"));
});

Deno.test("an event that carries nothing fits a slot that may be left empty", () => {
  compiles(() => flow().connect("source.empty", "source.trigger"));
});

Deno.test("every member of a union must fit", () => {
  const either = defineRoutine(import.meta, {
    slots: { input: slot<number>() },
    events: { either: event<Reading | string>(), level: event<Reading | { level: number }>() },
    handlers: { input() {} },
  });
  compiles(() => flow().add("either", either).connect("either.level", "sink.level"));
  // @ts-expect-error a text is no reading
  compiles(() => flow().add("either", either).connect("either.either", "sink.reading"));
});

Deno.test("renamed fields make a payload fit", () => {
  compiles(() => flow().connect("source.reading", "renamed.input", { map: { gauge: "station" } }));
});

Deno.test("renamed fields are checked under their new names", () => {
  compiles(() => {
    // @ts-expect-error "place" is not what the slot calls it
    flow().connect("source.reading", "renamed.input", { map: { gauge: "place" } });
    // @ts-expect-error a level is no station
    flow().connect("source.reading", "renamed.input", { map: { level: "station" } });
    // @ts-expect-error the slot wants the gauge under its old name
    flow().connect("source.reading", "sink.reading", { map: { gauge: "station" } });
    // @ts-expect-error a field that may be missing may be missing under any name
    flow().connect("renamed.maybe", "renamed.input", { map: { gauge: "station" } });
  });
});

Deno.test("a map that renames nothing changes nothing", () => {
  compiles(() => flow().connect("source.reading", "sink.reading", { map: {} }));
  compiles(() => flow().connect("source.reading", "sink.reading", {}));
});
