import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import fc from "fast-check";
import { reviveError, serializeError } from "../../src/data/serialized_error.ts";
import { ThrownValueError } from "../../src/errors/value_errors.ts";

/** As it arrives from another thread. */
function sent(thrown: unknown): ThrownValueError {
  const error = reviveError(structuredClone(serializeError(thrown)));
  assertInstanceOf(error, ThrownValueError);
  return error;
}

Deno.test("ThrownValueError.value holds a thrown string", () => {
  const error = sent("no");
  assertEquals(error.value, "no");
  assertMatch(error.message, /threw "no", which is not an Error; throw an Error/);
});

Deno.test("ThrownValueError.value holds undefined and other values", () => {
  for (const value of [undefined, null, 0, NaN, 12n, { code: 4 }, [1], new Map([[1, 2]])]) {
    const error = sent(value);
    assertEquals(error.value, value);
    assertEquals(error.name, "ThrownValueError");
  }
});

Deno.test("ThrownValueError.value shows an uncloneable value as text", () => {
  assertEquals(sent(Symbol("s")).value, "Symbol(s)");
  assertEquals(sent(new URL("http://localhost/")).value, "http://localhost/");
});

Deno.test("ThrownValueError.value handles a value without toString()", () => {
  class Nameless {
    toString = 1;
    valueOf = 1;
    call() {}
  }
  assertEquals(typeof sent(new Nameless()).value, "string");
  assertEquals(typeof sent(Object.create(Object.create(null))).value, "string");
  assertEquals(sent({ toString: 1 }).value, { toString: 1 });
});

Deno.test("serializeError() handles fields that throw", () => {
  const error = new RangeError("no");
  Object.defineProperty(error, "code", {
    enumerable: true,
    get: () => {
      throw new Error("not now");
    },
  });
  assertEquals(reviveError(serializeError(error)).message, "no");
});

Deno.test("ThrownValueError.value equals the thrown value", () => {
  const options = { withMap: true, withSet: true, withDate: true, withBigInt: true };
  fc.assert(fc.property(fc.anything(options), (thrown) => {
    const { value } = sent(thrown);
    assertEquals(value, structuredClone(thrown));
  }));
});

Deno.test("serializeError() preserves any fields", () => {
  const keys = fc.stringMatching(/^[a-z]{1,8}$/)
    .filter((key) => !["name", "message", "stack", "cause", "errors"].includes(key));
  const fields = fc.dictionary(keys, fc.jsonValue(), { noNullPrototype: true });
  fc.assert(fc.property(fc.string(), fields, (message, fields) => {
    const error = reviveError(serializeError(Object.assign(new Error(message), fields)));
    assertEquals(error.message, message);
    assertEquals<unknown>({ ...error }, fields);
  }));
});
