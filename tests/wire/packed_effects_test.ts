import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Effects, Emit } from "../../src/routine/effects.ts";
import {
  decodeEffects,
  decodeEmit,
  encodeEffects,
  encodeEmit,
  onlyEmitOf,
  taskOf,
  transferOf,
} from "../../src/wire/packed_effects.ts";

const emit: fc.Arbitrary<Emit> = fc.record({
  event: fc.string(),
  payload: fc.anything({ withNullPrototype: false }),
  timestamp: fc.double({ noNaN: true }),
  transfer: fc.constantFrom([], [new ArrayBuffer(1)]),
  when: fc.constant("resumed" as const),
  delay: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
}, { requiredKeys: ["event", "payload", "timestamp"] });

const effects: fc.Arbitrary<Effects> = fc.record({
  emits: fc.array(emit),
  sharedData: fc.array(fc.record({ key: fc.string(), value: fc.integer() })),
  sharedLog: fc.array(fc.record({ timestamp: fc.integer(), data: fc.string() })),
  routineState: fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true }),
  waits: fc.array(fc.record({ signal: fc.string(), slot: fc.string() })),
}, { requiredKeys: ["emits", "sharedData", "sharedLog"] }) as fc.Arbitrary<Effects>;

Deno.test("decodeEmit() returns the emit that encodeEmit() was given", () => {
  fc.assert(fc.property(emit, (one) => {
    const { event, payload, timestamp, transfer, when, delay } = one;
    assertEquals(decodeEmit(encodeEmit(event, payload, timestamp, transfer, when, delay)), one);
  }));
});

Deno.test("decodeEffects() returns the effects that encodeEffects() was given", () => {
  fc.assert(fc.property(effects, fc.nat(), (one, task) => {
    const { emits, sharedData, sharedLog, routineState, waits } = one;
    const packed = encodeEffects(
      task,
      emits.map(({ event, payload, timestamp, transfer, when, delay }) =>
        encodeEmit(event, payload, timestamp, transfer, when, delay)
      ),
      { sharedData, sharedLog, routineState, waits },
    );
    assertEquals(taskOf(packed), task);
    assertEquals(decodeEffects(packed), one);
  }));
});

Deno.test("encodeEffects() leaves out empty parts of effects", () => {
  const nothing = {
    sharedData: undefined,
    sharedLog: undefined,
    routineState: undefined,
    waits: undefined,
  };
  assertEquals(encodeEffects(3, [], nothing), [3, []]);
});

Deno.test("onlyEmitOf() returns no emit with options", () => {
  const of = (...options: [transfer?: [], when?: "resumed", delay?: number]) =>
    onlyEmitOf(encodeEffects(1, [encodeEmit("x", 5, 0, ...options)]));
  assertEquals(of(), ["x", 5, 0]);
  for (const emit of [of([]), of(undefined, "resumed"), of(undefined, undefined, 1)]) {
    assertEquals(emit, undefined);
  }
});

Deno.test("transferOf() lists the objects that all emits move", () => {
  const [a, b] = [new ArrayBuffer(1), new ArrayBuffer(2)];
  const parts = {
    sharedData: undefined,
    sharedLog: undefined,
    routineState: undefined,
    waits: undefined,
  };
  const emits = [encodeEmit("x", a, 0, [a]), encodeEmit("y", 1, 0), encodeEmit("x", b, 0, [b])];
  assertEquals(transferOf(encodeEffects(1, emits, parts)), [a, b]);
  assertEquals(transferOf(encodeEffects(1, [encodeEmit("y", 1, 0)], parts)), undefined);
});

Deno.test("transferOf() moves the memory of large payloads", () => {
  const of = (...payloads: unknown[]) => {
    const emits = payloads.map((payload) => encodeEmit("x", payload, 0));
    return transferOf(encodeEffects(1, emits), true);
  };
  const large = new Uint8Array(100_000), part = new Uint8Array(new ArrayBuffer(100_000), 8, 8);
  const buffer = new ArrayBuffer(100_000);
  assertEquals(of(large, 1, part, null, buffer), [large.buffer, part.buffer, buffer]);
  const shared = new SharedArrayBuffer(100_000);
  const resizable = new ArrayBuffer(100_000, { maxByteLength: 200_000 });
  assertEquals(of(new Uint8Array(100), shared, new Uint8Array(shared), resizable), undefined);
  assertEquals(transferOf(encodeEffects(1, [encodeEmit("x", large, 0)])), undefined);
  const moved = encodeEmit("x", large, 0, [large.buffer]);
  assertEquals(transferOf(encodeEffects(1, [moved]), true), [large.buffer]);
});
