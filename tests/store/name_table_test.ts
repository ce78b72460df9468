import { assertEquals } from "@std/assert";
import { MOST_NAMES, NameTable } from "../../src/store/name_table.ts";

Deno.test("NameTable.numberOf() adds no names to a full table", () => {
  const names = new NameTable();
  for (let n = 0; n < MOST_NAMES; n++) assertEquals(names.numberOf(`w${n}`), n);
  assertEquals([names.numberOf("new"), names.numberOf("w7"), names.size], [
    undefined,
    7,
    MOST_NAMES,
  ]);
});
