import { assertEquals, assertThrows } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { UncloneableValueError } from "../../src/errors/value_errors.ts";
import { Bench, effects, emits } from "./harness.ts";

const FAN_OUT = ["source.output -> link.input", "source.output -> sink.input"];

Deno.test("apply() commits all effects of an activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), {
    ...emits(1),
    sharedData: [{ key: "a", value: 1 }, { key: "b", value: 2 }],
    sharedLog: [{ timestamp: 5, data: "first" }],
    routineState: { seen: 1, kept: true },
  });
  bench.complete(
    job,
    bench.take(),
    effects({
      sharedData: [{ key: "a", deleted: true }, { key: "b", value: 3 }],
      sharedLog: [{ timestamp: 4, data: "second" }],
      routineState: { seen: 1 },
    }),
  );
  assertEquals([...job.sharedData], [["b", 3]]);
  assertEquals(job.sharedLog, [
    { timestamp: 5, routineId: "source", activationId: "j/1", data: "first" },
    { timestamp: 4, routineId: "link", activationId: "j/2", data: "second" },
  ]);
  assertEquals([...job.routineStates ?? []], [["source", { seen: 1, kept: true }], ["link", {
    seen: 1,
  }]]);
});

Deno.test("apply() patches only the named fields of a state", () => {
  const bench = new Bench({ wiring: ["source.output -> source.trigger"] });
  const job = bench.start();
  bench.complete(job, bench.take(), { ...emits(1), routineState: { a: 1, b: 1 } });
  bench.complete(job, bench.take(), effects({ routineState: { b: 2 } }));
  assertEquals(job.routineStates?.get("source"), { a: 1, b: 2 });
});

Deno.test("decide() flushes without ending the activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  const flushed = { ...emits("early"), sharedData: [{ key: "a", value: 1 }] };
  bench.do(job, { type: "flush", activationId, effects: flushed });
  assertEquals([job.executing, job.queued, job.sharedData.get("a")], [1, 1, 1]);
  assertEquals(bench.take(), "j/2", "what was flushed can start before the rest is done");
});

Deno.test("decide() preserves flushed effects after a failure", () => {
  const bench = new Bench();
  const job = bench.start();
  const activationId = bench.take() ?? "";
  const flushed = effects({ sharedData: [{ key: "a", value: 1 }] });
  bench.do(job, { type: "flush", activationId, effects: flushed });
  bench.fail(job, activationId);
  assertEquals([job.status, ...job.sharedData], ["failed", ["a", 1]]);
});

Deno.test("decide() numbers activations in queue order", () => {
  const bench = new Bench({ wiring: FAN_OUT });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits("x", "y"));
  const queued = bench.queued(job).map(({ activationId, routineId, payload }) => [
    activationId,
    routineId,
    payload,
  ]);
  assertEquals(queued, [
    ["j/2", "link", "x"],
    ["j/3", "sink", "x"],
    ["j/4", "link", "y"],
    ["j/5", "sink", "y"],
  ]);
});

Deno.test("Activation.from identifies the emitting activation", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(1));
  const [{ from, event } = {}] = bench.queued(job);
  assertEquals([from, event], ["j/1", "output"]);
});

Deno.test("Activation.transfer is passed to a single receiver only", () => {
  const buffer = new ArrayBuffer(1);
  const moving = effects({
    emits: [{ event: "output", payload: buffer, timestamp: 0, transfer: [buffer] }],
  });
  for (const wiring of [FAN_OUT.slice(1), FAN_OUT]) {
    const bench = new Bench({ wiring });
    const job = bench.start();
    bench.complete(job, bench.take(), moving);
    const expected = wiring.length === 1 ? [[buffer]] : [undefined, undefined];
    assertEquals<unknown>(bench.queued(job).map(({ transfer }) => transfer), expected);
  }
});

Deno.test("decide() refuses payloads that cannot be copied", () => {
  const bench = new Bench({ wiring: FAN_OUT });
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  const before = structuredClone(job);
  const uncopied = emits("copied", { callback: () => {} });
  for (
    const commit of [() => bench.complete(job, activationId, uncopied), () => {
      bench.do(job, { type: "flush", activationId, effects: uncopied });
    }]
  ) {
    assertThrows(commit, UncloneableValueError, 'payload of "output" goes to 2 slots');
    assertEquals(job, before);
  }
  bench.complete(job, activationId, emits("copied"));
  assertEquals(bench.queued(job).map(({ activationId }) => activationId), ["j/2", "j/3"]);
});

Deno.test("JobEvent.seq has no gaps", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.complete(job, bench.take(), emits(1));
  bench.do(job, { type: "pause" });
  bench.do(job, { type: "resume" });
  bench.fail(job, bench.take());
  const numbers = bench.events(job).map(({ seq }) => seq);
  assertEquals(numbers, numbers.map((_, i) => i + 1));
  assertEquals(job.seq, numbers.length);
});

Deno.test("fold() throws without a job start", () => {
  const bench = new Bench();
  const job = bench.start();
  bench.do(job, { type: "pause" });
  const streams: readonly (readonly JobEvent[])[] = [[], bench.events(job).slice(1)];
  for (const stream of streams) assertThrows(() => fold(stream), TypeError, "stream");
});
