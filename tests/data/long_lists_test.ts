import { assert, assertEquals, assertThrows } from "@std/assert";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { hasFields } from "../../src/data/has_fields.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

const LENGTH = 5000;

/** Long lists of all kinds, made anew for each test. */
const LISTS: Readonly<Record<string, () => unknown[]>> = {
  "numbers": () => Array.from({ length: LENGTH }, (_, i) => i),
  "fractions": () => Array.from({ length: LENGTH }, (_, i) => i / 2),
  "texts": () => Array.from({ length: LENGTH }, String),
  "records": () => Array.from({ length: LENGTH }, (_, i) => ({ i })),
  "lists": () => Array.from({ length: LENGTH }, (_, i) => [i]),
  "nothing": () => Array.from({ length: LENGTH }),
  "numbers filled in later": () => {
    const list = new Array(LENGTH);
    for (let i = 0; i < LENGTH; i++) list[i] = i;
    return list;
  },
  "frozen numbers": () => Object.freeze(Array.from({ length: LENGTH }, Number)) as unknown[],
  "numbers with gaps": () => {
    const list: unknown[] = Array.from({ length: LENGTH }, (_, i) => i);
    delete list[7];
    return list;
  },
  "numbers with a gap at the end": () => {
    const list: unknown[] = Array.from({ length: LENGTH }, (_, i) => i);
    list.length++;
    return list;
  },
  "gaps alone": () => new Array(LENGTH),
};

for (const [name, make] of Object.entries(LISTS)) {
  Deno.test(`faithfulCopy() copies a long list of ${name}`, () => {
    const list = make();
    assert(!hasFields(list));
    assertEquals(faithfulCopy(list, "payload"), structuredClone(list));
    if (Object.isFrozen(list)) return;
    for (const key of ["note", "-1", "01", "4294967295", "toString", "constructor"]) {
      const noted = Object.assign(make(), { [key]: { a: 1 } });
      assert(hasFields(noted), key);
      const copy = faithfulCopy(noted, "payload") as typeof noted;
      assertEquals(Object.keys(copy).at(-1), key);
      assertEquals(Object.getOwnPropertyDescriptor(copy, key)?.value, { a: 1 });
      assertEquals(copy, structuredClone(noted));
    }
  });

  Deno.test(`faithfulCopy() throws on uncloneable parts of ${name}`, () => {
    const list = make();
    if (Object.isFrozen(list)) return;
    const refused = (changed: unknown, path: string) =>
      assertEquals(
        assertThrows(() => faithfulCopy(changed, "payload"), UncloneableValueError).path,
        path,
      );
    refused(Object.assign(make(), { note: () => 1 }), "payload.note");
    refused(Object.assign(make(), { [Symbol("s")]: 1 }), "payload[Symbol(s)]");
    refused(
      Object.assign(make(), { [Symbol.for("Deno.customInspect")]: 1 }),
      "payload[Symbol(Deno.customInspect)]",
    );
    list[4000] = () => 1;
    refused(list, "payload[4000]");
  });
}

Deno.test("faithfulCopy() enumerates no indices of long lists", () => {
  const { keys } = Object;
  const listed: number[] = [];
  Object.keys = (value: object) => {
    if (Array.isArray(value)) listed.push(value.length);
    return keys(value);
  };
  try {
    for (const name of ["numbers", "fractions", "texts", "records", "nothing"]) {
      faithfulCopy(LISTS[name]!(), "payload");
    }
  } finally {
    Object.keys = keys;
  }
  assertEquals(listed, []);
});

Deno.test("faithfulCopy() copies a huge sparse list", () => {
  const list: number[] = [];
  list[1e9] = 1;
  const copy = faithfulCopy(list, "payload") as number[];
  assertEquals([copy.length, copy[1e9], Object.keys(copy)], [1e9 + 1, 1, ["1000000000"]]);
});
