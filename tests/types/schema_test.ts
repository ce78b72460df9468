import type { StandardSchemaV1 } from "npm:@standard-schema/spec@1.1.0";
import { defineRoutine, event, Flow, type Schema, type Slot, slot } from "@millrace/flow";
import type { SlotPayload } from "@millrace/flow";
import type { SlotInput } from "@millrace/flow/types";
import { compiles, isTrue, type Same } from "./type_checks.ts";

/** A schema as a library writes it: takes the text of a number, gives the number. */
const numeric: StandardSchemaV1<string, number> = {
  "~standard": {
    version: 1,
    vendor: "example",
    validate(value) {
      const number = Number(value);
      return Number.isNaN(number)
        ? { issues: [{ message: "is not a number", path: ["a", { key: "b" }, 0] }] }
        : { value: number };
    },
  },
};

/** One that takes an object and gives another kind of field. */
declare const later: StandardSchemaV1<{ at: string }, { at: Date }>;

Deno.test("slot() accepts every Standard Schema", () => {
  // Generic, so that it holds for all of them and not for examples alone.
  function accepts<Input, Output>(schema: StandardSchemaV1<Input, Output>): Slot<Input, Output> {
    const same: Schema<Input, Output> = schema;
    return slot(same);
  }
  isTrue<Same<ReturnType<typeof accepts<string, number>>, Slot<string, number>>>();
  compiles(() => slot(later));
});

Deno.test("Slot distinguishes its input from its payload", () => {
  const input = slot(numeric);
  isTrue<Same<typeof input, Slot<string, number>>>();
  isTrue<Same<SlotInput<typeof input>, string>>();
  isTrue<Same<SlotPayload<typeof input>, number>>();

  const plain = slot<boolean>();
  isTrue<Same<SlotInput<typeof plain>, boolean>>();
  isTrue<Same<SlotPayload<typeof plain>, boolean>>();
});

Deno.test("slot() types sender and handler by the schema", () => {
  const parser = defineRoutine(import.meta, {
    slots: { text: slot(numeric) },
    events: { number: event<number>(), text: event<string>() },
    handlers: {
      text(number) {
        isTrue<Same<typeof number, number>>();
      },
    },
  });
  const flow = () => new Flow().add("parser", parser);
  compiles(() => {
    flow().start("parser.text", "12");
    flow().connect("parser.text", "parser.text");
    // @ts-expect-error the schema takes a text
    flow().start("parser.text", 12);
    // @ts-expect-error the schema takes a text
    flow().connect("parser.number", "parser.text");
  });
});

Deno.test("slot() rejects values other than schemas", () => {
  const validate = () => ({ value: 1 });
  compiles(() => {
    // @ts-expect-error a type is given between angle brackets
    slot({ gauge: "string" });
    // @ts-expect-error it is of another version of the standard
    slot({ "~standard": { version: 2, vendor: "example", validate } });
    // @ts-expect-error it cannot validate
    slot({ "~standard": { version: 1, vendor: "example" } });
  });
});
