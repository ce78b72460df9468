import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { StoreValueError } from "../../src/errors/store_value_error.ts";
import { assertStorable } from "../../src/store/assert_storable.ts";
import { isSame } from "../../src/store/conformance/same.ts";
import {
  completed,
  completedWith,
  startedWith,
} from "../../src/store/conformance/sample_events.ts";
import { decodeEvents, encodeEvents } from "../../src/store/event_encoding.ts";

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

Deno.test("events come back as they were, whatever their payloads and the job's id", () => {
  const ids = fc.oneof(fc.constantFrom("a", 'a "long" \\id of $& a job'), fc.string());
  fc.assert(
    fc.property(ids, fc.array(anything, { maxLength: 4 }), (jobId, payloads) => {
      const events = [
        startedWith(jobId, 1, payloads),
        ...payloads.map((payload, i) => completedWith(jobId, i + 2, { payload, jobId })),
      ];
      assert(isSame(decodeEvents(jobId, encodeEvents(jobId, events)), events));
    }),
    { numRuns: 300 },
  );
});

Deno.test("what JSON can hold is kept as JSON", () => {
  fc.assert(fc.property(fc.jsonValue(), (payload) => {
    const events = [completedWith("a", 2, JSON.parse(JSON.stringify(payload)))];
    const encoded = encodeEvents("a", events);
    assertEquals(encoded.rest, null);
    assertEquals(decodeEvents("a", encoded), events);
  }));
});

Deno.test("what an activation held back, moved or left out comes back as well", () => {
  const event = completedWith("a", 2, 1);
  const [first] = event.queued;
  const variants = [
    { ...event, queued: [{ ...first!, held: true as const }] },
    { ...event, queued: [{ ...first!, dueAt: 5 }] },
    { ...event, effects: { ...event.effects, routineState: { a: 1 } } },
    { ...event, queued: [], effects: { emits: [], sharedData: [], sharedLog: [] } },
  ];
  for (const variant of variants) {
    assert(isSame(decodeEvents("a", encodeEvents("a", [variant])), [variant]));
  }
  const empty = { ...event, queued: [{ ...first!, payload: undefined }] };
  const [back] = decodeEvents("a", encodeEvents("a", [empty]));
  assert(back?.type === "activation_completed" && back.queued[0]?.payload === undefined);
});

Deno.test("only the events that JSON cannot hold are kept otherwise", () => {
  const events = [completed("a", 2), completedWith("a", 3, 1n), completed("a", 4)];
  const encoded = encodeEvents("a", events);
  assertEquals(JSON.parse(encoded.text).map(Array.isArray), [true, false, true]);
  assertEquals(JSON.parse(encoded.text)[1], 0);
  assertEquals(decodeEvents("a", encoded), events);
});

Deno.test("what a store cannot keep is refused with its path", () => {
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

Deno.test("what a store can keep is let through", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const kept = [undefined, null, 1, -0, 1n, "x", new Date(), /x/, cycle, [, 1], new Uint8Array(2)];
  for (const value of kept) assertStorable(value, "payload");
});
