import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createSecretKey } from "node:crypto";
import { faithfulCopy } from "../../src/data/faithful_copy.ts";
import { StoreValueError } from "../../src/errors/store_errors.ts";
import { assertStorable } from "../../src/store/assert_storable.ts";
import { isSame } from "../../src/store/conformance/is_same.ts";
import {
  completed,
  completedWith,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { encodeEvent } from "../../src/store/event_encoding.ts";
import { isJson } from "../../src/store/json_safe.ts";
import { encoded } from "./encoded.ts";

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
}).map((value) => structuredClone(value));

Deno.test("decodeEvents() restores events with any payload", () => {
  const ids = fc.oneof(fc.constantFrom("a", 'a "long" \\id of $& a job'), fc.string());
  fc.assert(
    fc.property(ids, fc.array(anything, { maxLength: 4 }), (jobId, payloads) => {
      const events = [
        startedWith(jobId, 1, payloads),
        ...payloads.map((payload, i) => completedWith(jobId, i + 2, { payload, jobId })),
      ];
      const read = encoded(events).decoded(jobId);
      assertEquals(read.length, events.length);
      // One object in two events has become two.
      assert(read.every((event, i) => isSame(event, events[i])));
    }),
    { numRuns: 300 },
  );
});

Deno.test("encodeEvent() stores JSON values as JSON", () => {
  fc.assert(fc.property(fc.jsonValue(), (payload) => {
    const events = [completedWith("a", 2, JSON.parse(JSON.stringify(payload)))];
    const { rest, decoded } = encoded(events);
    assertEquals(rest, null);
    assertEquals(decoded("a"), events);
  }));
});

Deno.test("decodeEvents() restores optional fields of activations", () => {
  const event = completedWith("a", 2, 1);
  const [first] = event.queued;
  const variants = [
    { ...event, queued: [{ ...first!, held: true as const }] },
    { ...event, queued: [{ ...first!, dueAt: 5 }] },
    { ...event, effects: { ...event.effects, routineState: { a: 1 } } },
    { ...event, queued: [], effects: { emits: [], sharedData: [], sharedLog: [] } },
  ];
  for (const variant of variants) {
    assert(isSame(encoded([variant]).decoded("a"), [variant]));
  }
  const empty = { ...event, queued: [{ ...first!, payload: undefined, emit: undefined }] };
  const [back] = encoded([empty]).decoded("a");
  assert(back?.type === "activation_completed" && back.queued[0]?.payload === undefined);
});

Deno.test("decodeEvents() restores effects of a later version", () => {
  const event = completedWith("a", 2, 1);
  const effects = { ...event.effects, sharedData: [], sharedLog: [], counters: { seen: 3 } };
  const events = [{ ...event, effects }];
  assertEquals(encoded(events).decoded("a"), events);
});

Deno.test("rowOf() moves only non-JSON events to rest", () => {
  const events = [completed("a", 2), completedWith("a", 3, 1n), completed("a", 4)];
  const { text, decoded } = encoded(events);
  assertEquals(JSON.parse(text).map(Array.isArray), [true, false, true]);
  assertEquals(JSON.parse(text)[1], 0);
  assertEquals(decoded("a"), events);
});

Deno.test("assertStorable() refuses values with their path", () => {
  const refused: [unknown, string][] = [
    [new Blob(["x"]), "payload"],
    [{ a: [1, new File(["x"], "x.txt")] }, "payload.a[1]"],
    [new Map([["key", { "a b": new SharedArrayBuffer(1) }]]), 'payload[key]["a b"]'],
    [new Map([[new Blob([]), 1]]), "payload[key]"],
    [new Set([1, new Blob([])]), "payload[1]"],
    [new Uint8Array(new SharedArrayBuffer(1)), "payload.buffer"],
    [new Error("x", { cause: new Blob([]) }), "payload.cause"],
    [{ stream: new ReadableStream() }, "payload.stream"],
    [{ call: () => {} }, "payload.call"],
  ];
  for (const [value, path] of refused) {
    const error = assertThrows(() => assertStorable(value, "payload"), StoreValueError);
    assertEquals(error.path, path);
  }
});

Deno.test("assertStorable() suggests substitutes for platform objects", async () => {
  const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);
  const secret = createSecretKey(Uint8Array.of(1, 2, 3));
  const exception = new DOMException("no", "AbortError");
  const refused: [unknown, string, RegExp][] = [
    [{ module }, "payload.module", /Module, which .*; store the bytes it was compiled from/],
    [[memory], "payload[0]", /Memory, which .*; store its bytes/],
    [new Map([["a", key]]), "payload[a]", /CryptoKey, which .*exportKey/],
    [{ secret }, "payload.secret", /KeyObject, which /],
    [{ exception }, "payload.exception", /DOMException, which .*; keep its name and message/],
    [new Error("no", { cause: exception }), "payload.cause", /DOMException/],
  ];
  for (const [value, path, message] of refused) {
    const error = assertThrows(
      () => assertStorable(faithfulCopy(value, "payload"), "payload"),
      StoreValueError,
    );
    assertEquals(error.path, path);
    assertMatch(error.message, message);
    const event = startedWith("job", 1, faithfulCopy(value, "payload"));
    assertThrows(() => encodeEvent(event), StoreValueError);
  }
});

Deno.test("isJson() checks gaps and fields of long lists", () => {
  const long = () => Array.from<unknown>({ length: 5000 }).fill(1);
  assert(isJson(long()) && isJson({ a: [long()] }));
  const gap = long();
  delete gap[4000];
  const others = [gap, long().with(9, 1n), long().with(9, undefined), long().with(9, -0)];
  for (const other of [...others, Object.assign(long(), { note: 1 })]) assert(!isJson(other));
});

Deno.test("assertStorable() accepts storable values", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const kept = [undefined, null, 1, -0, 1n, "x", new Date(), /x/, cycle, [, 1], new Uint8Array(2)];
  for (const value of kept) assertStorable(value, "payload");
});
