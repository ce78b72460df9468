import { assert, assertEquals } from "@std/assert";
import { briefError, shownError } from "../../src/dashboard/shown_error.ts";
import { type SerializedError, serializeError } from "../../src/data/serialized_error.ts";

Deno.test("briefError() and shownError() have the causes and members of an error", () => {
  const member = new RangeError("member", { cause: new TypeError("cause") });
  const error = serializeError(new AggregateError([member], "all"));
  for (const shown of [briefError(error), shownError(error)]) {
    const [first] = shown.errors ?? [];
    assertEquals([shown.message, first?.name, first?.message], ["all", "RangeError", "member"]);
    assert(first?.cause !== undefined && "error" in first.cause);
    assertEquals(first.cause.error.message, "cause");
  }
});

Deno.test("briefError() bounds a tree of errors", () => {
  const long = "x".repeat(10_000);
  let error: SerializedError = { name: long, message: long, stack: long };
  for (let i = 0; i < 5; i++) {
    error = { ...error, cause: { error }, errors: Array.from({ length: 10 }, () => error) };
  }
  assert(JSON.stringify(briefError(error)).length < 25_000);
});
