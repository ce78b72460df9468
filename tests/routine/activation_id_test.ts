import { assertEquals } from "@std/assert";
import { activationIdOf, activationNumber } from "../../src/routine/activation_id.ts";

Deno.test("activationNumber() returns the number of an id, and nothing for other ids", () => {
  for (const number of [1, 9, 10, 4_294_967_296, Number.MAX_SAFE_INTEGER]) {
    assertEquals(activationNumber("job", activationIdOf("job", number)), number);
  }
  const others = [
    "job",
    "job/",
    "job/0",
    "job/01",
    "job/1x",
    "job/-1",
    "job/1e3",
    "jab/1",
    "job1",
    "",
  ];
  for (const id of others) assertEquals(activationNumber("job", id), undefined);
  assertEquals(activationNumber("job", "job/9007199254740993"), undefined);
});

Deno.test("activationNumber() does not mistake an id for that of another job", () => {
  assertEquals(activationNumber("a", "a/1/2"), undefined);
  assertEquals(activationNumber("a/1", "a/1/2"), 2);
  assertEquals(activationNumber("a", "a/1/2"), undefined);
  assertEquals([activationNumber("a", "a/3"), activationNumber("b", "a/3")], [3, undefined]);
  assertEquals(activationNumber("", ""), undefined);
});
