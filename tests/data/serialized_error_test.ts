import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  placed,
  registerError,
  reviveError,
  serializeError,
} from "../../src/data/serialized_error.ts";
import { ClosedError } from "../../src/errors/call_errors.ts";
import { SlotValidationError } from "../../src/errors/flow_errors.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";

/** As it arrives from another thread. */
function sent(thrown: unknown): Error & Record<string, unknown> {
  return reviveError(structuredClone(serializeError(thrown))) as Error & Record<string, unknown>;
}

class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly code = "E_PAY";
  constructor(readonly details: unknown) {
    super("the card was refused");
  }
}

Deno.test("serializeError() preserves the fields of an error", () => {
  const error = new PaymentError({ amount: 12n, tried: new Set(["visa"]) });
  const arrived = sent(error);
  assertInstanceOf(arrived, Error);
  assertEquals([arrived.name, arrived.message], ["PaymentError", "the card was refused"]);
  assertEquals(arrived.stack, error.stack);
  assertEquals([arrived.code, arrived.details], ["E_PAY", error.details]);
  assertEquals(String(arrived), "PaymentError: the card was refused");
});

Deno.test("reviveError() restores built-in classes", () => {
  for (const Class of [Error, EvalError, RangeError, ReferenceError, TypeError, URIError]) {
    const arrived = sent(new Class("no"));
    assertStrictEquals(arrived.constructor, Class);
    assertEquals(arrived.name, Class.name);
  }
});

Deno.test("reviveError() restores the classes of Millrace", () => {
  const refused = sent(new UncloneableValueError("payload.a", "is a function", { jobId: "j" }));
  assertInstanceOf(refused, UncloneableValueError);
  assertEquals([refused.path, refused.jobId], ["payload.a", "j"]);
  const invalid = sent(new SlotValidationError("a.in", [{ message: "no", path: ["x", 0] }]));
  assertInstanceOf(invalid, SlotValidationError);
  assertEquals(invalid.issues, [{ message: "no", path: "x.0" }]);
});

Deno.test("serializeError() preserves a DOMException's name and code", () => {
  const arrived = sent(new DOMException("stopped", "AbortError"));
  assertEquals([arrived.name, arrived.code], ["AbortError", 20]);
});

Deno.test("serializeError() preserves a chain of causes", () => {
  const deepest = Object.assign(new RangeError("deepest"), { code: 3 });
  const middle = new TypeError("middle", { cause: deepest });
  const arrived = sent(new Error("top", { cause: middle }));
  assertInstanceOf(arrived.cause, TypeError);
  assertInstanceOf(arrived.cause.cause, RangeError);
  assertEquals(arrived.cause.cause.message, "deepest");
  assertEquals((arrived.cause.cause as { code?: number }).code, 3);
});

Deno.test("serializeError() preserves a cause other than an error", () => {
  assertEquals(sent(new Error("no", { cause: { status: 503 } })).cause, { status: 503 });
  assertEquals(sent(new Error("no", { cause: "text" })).cause, "text");
  assertEquals(sent(new Error("no", { cause: null })).cause, null);
  assert(!Object.hasOwn(sent(new Error("no")), "cause"));
});

Deno.test("serializeError() cuts circular causes", () => {
  const error: Error = new Error("a");
  error.cause = new Error("b", { cause: error });
  let depth = 0;
  for (let at: unknown = sent(error); at instanceof Error; at = at.cause) depth++;
  assert(depth >= 2 && depth < 100, `${depth} deep`);
});

Deno.test("serializeError() preserves the members of an AggregateError", () => {
  const error = new AggregateError(
    [new TypeError("a", { cause: "why" }), new PaymentError(1)],
    "both failed",
  );
  const arrived = sent(error);
  assertInstanceOf(arrived, AggregateError);
  assertEquals(arrived.message, "both failed");
  assertEquals(arrived.errors.map(String), ["TypeError: a", "PaymentError: the card was refused"]);
  assertEquals(arrived.errors[0].cause, "why");
});

Deno.test("serializeError() cuts circular members of an AggregateError", () => {
  const error = new AggregateError([]);
  error.errors.push(error, error);
  // Doubled at each of some twenty levels, it would be millions.
  assert(JSON.stringify(serializeError(error)).length < 100_000);
});

Deno.test("serializeError() preserves a field named errors", () => {
  const error = Object.assign(new Error("invalid"), { errors: ["name", { field: "age" }] });
  assertEquals(sent(error).errors, ["name", { field: "age" }]);
});

Deno.test("serializeError() replaces an uncloneable field by text", () => {
  const error = Object.assign(new Error("no"), { url: new URL("http://localhost/a"), code: 1 });
  const arrived = sent(error);
  assertEquals([arrived.url, arrived.code], ["http://localhost/a", 1]);
});

Deno.test("reviveError() makes name and stack non-enumerable", () => {
  const arrived = sent(new ClosedError("the pool"));
  assertEquals(Object.keys(arrived), []);
  assertEquals(Object.keys(sent(new PaymentError(1))).sort(), ["code", "details"]);
});

Deno.test("placed() adds the place without overwriting fields", () => {
  const data = serializeError(Object.assign(new Error("no"), { jobId: "own" }));
  const arrived = reviveError(placed(data, { jobId: "j", routineId: "r", workerId: undefined }));
  assertEquals(Object.entries(arrived).sort(), [["jobId", "own"], ["routineId", "r"]]);
});

Deno.test("registerError() restores fields despite accessors of the class", () => {
  class GuardedError extends Error {
    readonly #code = "E_OWN";
    override get name() {
      return this.#code && "GuardedError";
    }
    get code() {
      return this.#code;
    }
    set level(_: number) {
      throw new Error("read only");
    }
  }
  registerError(GuardedError);
  const fields = { code: "E_SENT", level: 1, ["__proto__"]: { odd: true } };
  const arrived = reviveError({ name: "GuardedError", message: "no", fields });
  assertInstanceOf(arrived, GuardedError);
  assertEquals(Object.entries(arrived), Object.entries(fields));
  assertEquals(String(arrived), "GuardedError: no");
  registerError(DOMException);
  assertEquals(sent(new DOMException("no", "DOMException")).message, "no");
});

Deno.test("reviveError() shares nothing between results", () => {
  const cause = { tried: [1] };
  const data = serializeError(new Error("no", { cause: new PaymentError({ cause }) }));
  const [one, other] = [reviveError(data), reviveError(data)];
  ((one.cause as PaymentError).details as { cause: { tried: number[] } }).cause.tried.push(2);
  assertEquals((other.cause as PaymentError).details, { cause });
  const given = serializeError(new Error("no", { cause }));
  (reviveError(given).cause as { tried: number[] }).tried.push(2);
  assertEquals(reviveError(given).cause, { tried: [1] });
});

Deno.test("registerError() restores errors of the class", () => {
  class QuotaError extends Error {
    override readonly name = "QuotaError";
    readonly left = 3;
  }
  assertEquals(sent(new QuotaError("no")) instanceof QuotaError, false);
  registerError(QuotaError);
  const arrived = sent(new QuotaError("no"));
  assertInstanceOf(arrived, QuotaError);
  assertEquals([arrived.message, arrived.left], ["no", 3]);
});

class RateLimitError extends Error {
  readonly status = 429;
}
class NotThereError extends TypeError {}
class StillNotThereError extends NotThereError {}
class NamedError extends Error {
  static {
    this.prototype.name = "TheName";
  }
}
class OwnNameError extends Error {
  override readonly name = "OwnName";
}
class ManyErrors extends AggregateError {}

Deno.test("serializeError() names an error after its class", () => {
  const named = [
    [new RateLimitError("no"), "RateLimitError"],
    [new NotThereError("no"), "NotThereError"],
    [new StillNotThereError("no"), "StillNotThereError"],
    [new ManyErrors([new Error("a")]), "ManyErrors"],
    [new (class extends NamedError {})("no"), "TheName"],
    [new NamedError("no"), "TheName"],
    [new OwnNameError("no"), "OwnName"],
    [new (class extends OwnNameError {})("no"), "OwnName"],
    [Object.assign(new RateLimitError("no"), { name: "Custom" }), "Custom"],
    [new (class extends Error {})("no"), "Error"],
    [new (class extends TypeError {})("no"), "TypeError"],
    [new TypeError("no"), "TypeError"],
    [new Deno.errors.NotFound("no"), "NotFound"],
    [new DOMException("no", "AbortError"), "AbortError"],
    [runInNewContext("class Foreign extends RangeError {}; new Foreign('no')"), "Foreign"],
    [runInNewContext("new RangeError('no')"), "RangeError"],
  ] as const;
  for (const [error, name] of named) {
    const serialized = serializeError(error);
    assertEquals(serialized.name, name);
    assertEquals(reviveError(serialized).name, name);
  }
});

Deno.test("serializeError() preserves the name of a revived error", () => {
  const once = serializeError(new RateLimitError("no"));
  const again = serializeError(reviveError(once));
  assertEquals([again.name, again.fields], ["RateLimitError", { status: 429 }]);
});
