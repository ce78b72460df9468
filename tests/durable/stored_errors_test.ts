import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { reviveError, serializeError } from "../../src/data/serialized_error.ts";
import { storableError } from "../../src/flow/storable.ts";
import { Journal } from "./journal.ts";

Deno.test("storableError() replaces unstorable values within errors", () => {
  using journal = new Journal();
  using store = journal.store();
  const held = Object.assign(new RangeError("the real trouble"), {
    code: 7,
    blob: new Blob(["a"]),
  });
  const error = new SuppressedError(new TypeError("close failed"), held);
  const stored = storableError(serializeError(error), store);
  store.assertStorable(stored, "error");
  const back = reviveError(stored);
  assertInstanceOf(back, SuppressedError);
  assertInstanceOf(back.suppressed, RangeError);
  const { message, code, blob } = back.suppressed as RangeError & { code: number; blob: string };
  assertEquals([message, code], ["the real trouble", 7]);
  assertMatch(blob, /Blob, which a store cannot persist/);
  assert(String(back.error) === "TypeError: close failed");
});
