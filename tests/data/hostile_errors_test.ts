// Any thrown value, however it behaves when it is inspected, becomes data, and an error again.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { reviveError, serializeError } from "../../src/data/serialized_error.ts";
import { textOf } from "../../src/errors/text_of.ts";

/** The act of a trap or getter instead of an answer. */
type Act = () => unknown;

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>(() => {
    throw new TypeError("not now");
  }),
  fc.constant<Act>(() => {
    throw null;
  }),
  fc.constant<Act>(() => {
    throw revoked();
  }),
  fc.constant<Act>(() => revoked()),
  fc.constant<Act>(() => Symbol("s")),
  fc.constant<Act>(() => new Proxy({}, {})),
  fc.constant<Act>(() => Object.create(null)),
  fc.constant<Act>(() => ({ toString: 1, valueOf: 1 })),
  fc.constant<Act>(() => new Array(2 ** 32 - 1)),
  fc.constant<Act>(() => new Error("another", { cause: revoked() })),
  fc.anything().map((value): Act => () => value),
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const TARGETS: readonly (() => object)[] = [
  () => ({}),
  () => [],
  () => () => 1,
  () => new Error("no"),
  () => new AggregateError([1]),
  () => new Map(),
  () => Uint8Array.of(1),
];

const traps = fc.uniqueArray(
  fc.constantFrom(
    "get",
    "getPrototypeOf",
    "ownKeys",
    "getOwnPropertyDescriptor",
    "has",
    "isExtensible",
  ),
  { minLength: 1 },
);

/** Makes something to throw; what it makes is not for the eyes of those who only generate it. */
type Make = () => object;

/** Proxies that answer in their own ways. */
const proxies = fc.tuple(fc.constantFrom(...TARGETS), traps, acts).map(
  ([make, names, act]): Make => () =>
    new Proxy(make(), Object.fromEntries(names.map((name) => [name, act]))),
);

const FIELDS = [
  "name",
  "message",
  "stack",
  "cause",
  "code",
  "errors",
  "error",
  "suppressed",
  "toString",
  "constructor",
  "__proto__",
  "then",
  "toJSON",
];

/** Errors and objects with fields that answer in their own ways. */
const owners = fc.tuple(
  fc.constantFrom(...TARGETS),
  fc.array(fc.tuple(fc.constantFrom(...FIELDS), acts, fc.boolean()), {
    minLength: 1,
    maxLength: 6,
  }),
).map(([make, fields]): Make => () => {
  const owner = make();
  for (const [key, get, enumerable] of fields) {
    Object.defineProperty(owner, key, { get, enumerable, configurable: true });
  }
  return owner;
});

/** Errors whose class is a proxy. */
const descendants = proxies.map((make): Make => () =>
  Object.setPrototypeOf(new Error("no"), make())
);

const thrown: fc.Arbitrary<() => unknown> = fc.oneof(
  proxies,
  owners,
  descendants,
  fc.anything().map((value) => () => value),
);

function assertSound(thrown: unknown): void {
  const data = serializeError(thrown);
  assertEquals([typeof data.name, typeof data.message], ["string", "string"]);
  assert(data.stack === undefined || typeof data.stack === "string");
  const arrived = structuredClone(data);
  assertEquals(arrived.name, data.name);
  assertInstanceOf(reviveError(arrived), Error);
}

Deno.test("serializeError() handles any thrown value", () => {
  fc.assert(
    fc.property(thrown, (make) => {
      const value = make();
      assertSound(value);
      assertSound(new Error("outer", { cause: value }));
      assertSound(new AggregateError([value, 1]));
      assertSound(new SuppressedError(value, value));
      assertSound(Object.assign(new Error("with a field"), { value }));
    }),
    { numRuns: 500 },
  );
});

Deno.test("textOf() returns a string for any value", () => {
  fc.assert(
    fc.property(thrown, (make) => assertEquals(typeof textOf(make()), "string")),
    { numRuns: 500 },
  );
  assertEquals(textOf(revoked()), "[object]");
});

Deno.test("serializeError() preserves the readable parts of an error", () => {
  const error = Object.assign(new RangeError("no"), { code: 7, value: revoked() });
  Object.defineProperty(error, "cause", {
    get: () => {
      throw new Error("not now");
    },
  });
  const arrived = reviveError(serializeError(error)) as RangeError & { code?: number };
  assertInstanceOf(arrived, RangeError);
  assertEquals([arrived.message, arrived.code], ["no", 7]);
  assertEquals(arrived.stack, error.stack);
});

Deno.test("serializeError() handles an unreadable cause", () => {
  const cause = Object.setPrototypeOf(new Error("deeper"), revoked());
  const arrived = reviveError(serializeError(new RangeError("no", { cause })));
  assertEquals(String(arrived), "RangeError: no");
  assertInstanceOf(arrived.cause, Error);
});

Deno.test("serializeError() works on a nearly full stack", () => {
  const error = Object.assign(new RangeError("no", { cause: new TypeError("deeper") }), {
    details: { list: [1, { a: 2 }] },
  });
  for (const value of [error, { code: 1, list: [{}] }, new AggregateError([error]), "text"]) {
    const names: string[] = [];
    const others: unknown[] = [];
    const descend = () => {
      try {
        descend();
      } catch {
        // The stack is full: from here on there is more room for each.
      }
      if (names.length + others.length > 2000) return;
      try {
        const { name, message } = serializeError(value);
        names.push(name + message);
      } catch (thrown) {
        others.push(thrown);
      }
    };
    // Deno warns of each stack that it has no room to describe.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    descend();
    Error.stackTraceLimit = stackTraceLimit;
    // Where not even the call itself has room, nothing can be returned.
    for (const other of others) assertInstanceOf(other, RangeError);
    assert(names.length > 1000, `${names.length} were made into data`);
    const { name, message } = serializeError(value);
    assertEquals(names.at(-1), name + message);
  }
});
