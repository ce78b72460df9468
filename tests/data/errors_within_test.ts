import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  registerError,
  reviveError,
  reviveThrown,
  serializeError,
} from "../../src/data/serialized_error.ts";
import { jsonable } from "../../src/data/jsonable.ts";
import { JobCancelledError } from "../../src/errors/job_errors.ts";
import { ThrownValueError } from "../../src/errors/value_errors.ts";

/** As it arrives from another thread. */
function sent(thrown: unknown): Error & Record<string, unknown> {
  return reviveError(structuredClone(serializeError(thrown))) as Error & Record<string, unknown>;
}

Deno.test("serializeError() preserves both errors of a SuppressedError", async () => {
  const thrown = await (async () => {
    await using _file = {
      [Symbol.asyncDispose]: () => Promise.reject(new TypeError("close failed")),
    };
    throw Object.assign(new RangeError("the real trouble"), { code: "E_REAL" });
  })().catch((error: unknown) => error);
  const arrived = sent(thrown);
  assertInstanceOf(arrived, SuppressedError);
  assertEquals(arrived.name, "SuppressedError");
  assertInstanceOf(arrived.error, TypeError);
  assertEquals(arrived.error.message, "close failed");
  assertInstanceOf(arrived.suppressed, RangeError);
  assertEquals(arrived.suppressed.message, "the real trouble");
  assertEquals((arrived.suppressed as unknown as { code: string }).code, "E_REAL");
  assertEquals(Object.keys(arrived), [], "as in the original, none of them is listed");
  const shown = JSON.stringify(jsonable(serializeError(thrown)));
  assert(shown.includes("the real trouble") && shown.includes("close failed"), shown);
});

Deno.test("serializeError() preserves nested SuppressedErrors", () => {
  const inner = new SuppressedError(new Error("b"), new Error("c"));
  const arrived = sent(new SuppressedError(new Error("a"), inner, "outer"));
  assertEquals(arrived.message, "outer");
  const { error, suppressed } = arrived as unknown as SuppressedError;
  assertEquals([error.message, suppressed.error.message], ["a", "b"]);
  assertInstanceOf(suppressed, SuppressedError);
  assertEquals(suppressed.suppressed.message, "c");
  assertEquals(sent(arrived), arrived, "sent on, it is still whole");
});

Deno.test("serializeError() preserves suppressed values other than errors", () => {
  const arrived = sent(new SuppressedError("text", { code: 4 })) as unknown as SuppressedError;
  assertEquals([arrived.error, arrived.suppressed], ["text", { code: 4 }]);
});

Deno.test("serializeError() preserves errors in fields", () => {
  class QuotaError extends Error {
    override readonly name = "QuotaError";
    readonly left = 3;
  }
  registerError(QuotaError);
  const error = Object.assign(new Error("outer"), { error: new QuotaError("none left"), n: 1 });
  const arrived = sent(error);
  assertInstanceOf(arrived.error, QuotaError);
  assertEquals([arrived.error.message, arrived.error.left], ["none left", 3]);
  assertEquals(Object.keys(arrived).sort(), ["error", "n"]);
  assert(!Object.hasOwn(arrived, "errors"));
});

Deno.test("serializeError() separates AggregateError.errors from other fields", () => {
  const error = Object.assign(new AggregateError([new Error("a")], "all"), {
    first: new Error("b"),
  });
  const arrived = sent(error) as unknown as AggregateError & { first: Error };
  assertInstanceOf(arrived, AggregateError);
  assertEquals([arrived.errors.map(String), String(arrived.first)], [["Error: a"], "Error: b"]);
  assertEquals((sent(new AggregateError([])) as unknown as AggregateError).errors, []);
});

Deno.test("serializeError() preserves a field named __proto__", () => {
  const error = new Error("no");
  Object.defineProperty(error, "__proto__", { value: { odd: true }, enumerable: true });
  const arrived = sent(error);
  assertInstanceOf(arrived, Error);
  assertEquals(Object.getOwnPropertyDescriptor(arrived, "__proto__")?.value, { odd: true });
});

Deno.test("serializeError() preserves the class of a DOMException", () => {
  const error = new DOMException("took too long", "TimeoutError");
  const arrived = sent(error);
  assertInstanceOf(arrived, DOMException);
  assertEquals([arrived.name, arrived.message, arrived.code], [
    "TimeoutError",
    "took too long",
    23,
  ]);
  assertEquals(arrived.stack, error.stack);
  const cause = sent(new Error("no", { cause: error })).cause;
  assertInstanceOf(cause, DOMException);
});

Deno.test("reviveThrown() returns thrown errors and values", () => {
  const back = (thrown: unknown) => reviveThrown(structuredClone(serializeError(thrown)));
  const reason = { code: 7, user: { name: "a" }, tried: new Set([1]) };
  assertEquals(back(reason), reason);
  for (const value of ["text", 0, null, undefined, 12n, [1]]) assertEquals(back(value), value);
  assertInstanceOf(back(new RangeError("no")), RangeError);
  assertEquals(sent(reason).value, reason);
  assertInstanceOf(sent(reason), ThrownValueError);
});

Deno.test("JobCancelledError.cause is the given reason", () => {
  const reason = { code: 7, by: "user" };
  const error = new JobCancelledError("a", reason);
  assertEquals([error.message, error.cause], ['job "a" was cancelled', reason]);
  assertEquals(sent(error).cause, reason);
  assertEquals(new JobCancelledError("a", "late").message, 'job "a" was cancelled: late');
  const why = new Error("why");
  assertEquals(new JobCancelledError("a", why).message, 'job "a" was cancelled: why');
  assertEquals(new JobCancelledError("a", why).cause, why);
});
