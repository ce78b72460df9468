import { defineRoutine, Flow, type JobState, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { compiles, isTrue, type Same } from "./type_checks.ts";
import { type Reading, sink, source } from "./routines.ts";

const optional = defineRoutine(import.meta, {
  slots: { fields: slot<{ level?: number }>(), none: slot<void>(), any: slot<unknown>() },
  handlers: { fields() {}, none() {}, any() {} },
});

function flow() {
  return new Flow().add("source", source).add("sink", sink).add("optional", optional);
}

Deno.test("Flow.start() checks the payload", () => {
  compiles(() => flow().start("sink.reading", { gauge: "g", level: 1 }, { jobId: "job_1" }));
  compiles(() => {
    // @ts-expect-error a level is a number
    flow().start("sink.reading", { gauge: "g", level: "1" });
    // @ts-expect-error "gauge" is missing
    flow().execute("sink.reading", { level: 1 });
    // @ts-expect-error a payload is needed
    flow().start("sink.reading");
    // @ts-expect-error a payload is needed
    flow().execute("sink.level");
  });
});

Deno.test("Flow.start() accepts no payload for an optional slot", () => {
  compiles(() => {
    flow().start("source.trigger");
    flow().start("source.trigger", 3);
    flow().start("source.trigger", undefined, { jobId: "job_1" });
    flow().execute("optional.none");
    flow().execute("optional.any");
    flow().execute("optional.any", { whatever: 1 });
    flow().start("optional.fields", {});
    // @ts-expect-error its fields may be missing, the payload may not
    flow().start("optional.fields");
    // @ts-expect-error the payload comes before the options
    flow().start("source.trigger", { jobId: "job_1" });
    // @ts-expect-error `undefined` is no level, where one is given
    flow().start("optional.fields", { level: undefined });
  });
});

Deno.test("Flow.feed() checks the items", () => {
  compiles(() => {
    flow().feed("sink.reading", [{ gauge: "g", level: 1 }], { jobId: "job_1" });
    flow().feed("source.trigger", new Set([1, 2]));
    flow().feed("source.trigger", async function* (taken) {
      isTrue<Same<typeof taken, number>>();
      yield taken;
    });
    flow().feed("optional.any", new ReadableStream<Uint8Array>());
    flow().feed("source.trigger", new ReadableStream<number>());
    // @ts-expect-error a trigger is a number
    flow().feed("source.trigger", ["1"]);
    // @ts-expect-error "gauge" is missing
    flow().feed("sink.reading", [{ level: 1 }]);
    // @ts-expect-error a trigger is a number
    flow().feed("source.trigger", () => ["1"]);
    // @ts-expect-error a number is no iterable
    flow().feed("source.trigger", 5);
    // @ts-expect-error a promise is no iterable
    flow().feed("source.trigger", () => Promise.resolve([1]));
    // @ts-expect-error there is no such slot
    flow().feed("sink.lvl", [1]);
    // @ts-expect-error a feed begins at once
    flow().feed("source.trigger", [1], { delay: 5 });
  });
});

Deno.test("StartOptions rejects unknown options", () => {
  compiles(() => {
    flow().start("source.trigger", 1, { transfer: [new ArrayBuffer(1)] });
    // @ts-expect-error a job's id is a text
    flow().start("source.trigger", 1, { jobId: 1 });
    // @ts-expect-error there is no such option
    flow().start("source.trigger", 1, { jobID: "job_1" });
  });
});

Deno.test("Flow.start() and Flow.execute() return a JobState", () => {
  const start = () => flow().start("source.trigger");
  const execute = () => flow().execute("source.trigger");
  isTrue<Same<ReturnType<typeof start>, JobState>>();
  isTrue<Same<ReturnType<typeof execute>, Promise<JobState>>>();
});

Deno.test("AddOptions.config rejects unknown fields", () => {
  compiles(() => {
    new Flow().add("source", source, { config: { delayMs: 5 } });
    // @ts-expect-error a delay is a number
    new Flow().add("source", source, { config: { delayMs: "5" } });
    // @ts-expect-error there is no such field
    new Flow().add("source", source, { config: { delay: 5 } });
  });
});

Deno.test("WorkerPool.run() checks arguments and types emits", () => {
  compiles(async () => {
    const pool = new WorkerPool();
    const { emits } = await pool.run(source, "trigger", 1, { config: { unit: "mm" } });
    for (const emit of emits) {
      if (emit.event === "reading") isTrue<Same<typeof emit.payload, Reading>>();
      else isTrue<Same<typeof emit.payload, undefined>>();
    }
    await pool.run(source, "trigger");
    // @ts-expect-error a payload is needed
    await pool.run(sink, "reading");
    // @ts-expect-error a level is a number
    await pool.run(sink, "level", { level: "1" });
    // @ts-expect-error a unit is a text
    await pool.run(source, "trigger", 1, { config: { unit: 1 } });
  });
});
