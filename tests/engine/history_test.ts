import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ExecutionRecord, historyOf, spansOf } from "../../src/engine/history_of.ts";
import { countsOf, type Job } from "../../src/engine/job.ts";
import { Bench, CANCEL, effects, failure } from "./harness.ts";

const execution = { workerId: "w7", startedAt: 100.25, endedAt: 140.5 };

/** Returns the history of a job, a line a record. */
function lines(bench: Bench, job: Job): string[] {
  return historyOf(bench.events(job)).map((record) => {
    const { timestamp, event, routineId, slot, activationId, attempt, workerId } = record;
    return `${timestamp} ${event} ${routineId}.${slot} ${activationId}#${attempt} ${
      workerId ?? "-"
    }`;
  });
}

function emitted(...timestamps: readonly number[]) {
  const emits = timestamps.map((timestamp) => ({ event: "output", payload: timestamp, timestamp }));
  return effects({ emits });
}

Deno.test("historyOf() uses the times measured in the worker", () => {
  const bench = new Bench({ wiring: ["source.output -> sink.input"] });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110, 120), execution });
  assertEquals(lines(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 queued sink.input j/2#0 -",
    "3 queued sink.input j/3#0 -",
    "100.25 started source.trigger j/1#1 w7",
    "110 emitted source.trigger j/1#1 w7",
    "120 emitted source.trigger j/1#1 w7",
    "140.5 completed source.trigger j/1#1 w7",
  ]);
});

Deno.test("historyOf() uses host time for an unfinished start", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  assertEquals(lines(bench, job).at(-1), "2 started source.trigger j/1#1 w7");
});

Deno.test("historyOf() records origins and payloads", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110), execution });
  const records = historyOf(bench.events(job));
  const dataOf = (event: string) => records.filter((record) => record.event === event).at(-1)?.data;
  assertEquals(dataOf("queued"), { from: "j/1", event: "output" });
  assertEquals(dataOf("emitted"), { event: "output", payload: 110 });
});

Deno.test("historyOf() records a failure with its error", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  const record = historyOf(bench.events(job)).at(-1);
  assertEquals(record, {
    timestamp: 140.5,
    event: "failed",
    routineId: "source",
    slot: "trigger",
    activationId: "j/1",
    attempt: 1,
    workerId: "w7",
    data: { error: failure },
  });
});

Deno.test("historyOf() records dropped and stopped activations as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "flush", activationId, effects: emitted(1) });
  bench.do(job, CANCEL);
  bench.do(job, { type: "complete", activationId, effects: effects(), execution });
  assertEquals(lines(bench, job).filter((line) => line.includes("cancelled")), [
    "4 cancelled link.input j/2#0 -",
    "140.5 cancelled source.trigger j/1#1 w7",
  ]);
});

Deno.test("spansOf() returns a span for every ended execution", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const entry = bench.take() ?? "";
  bench.do(job, { type: "complete", activationId: entry, effects: emitted(1, 2, 3), execution });
  const [second = "", third = "", fourth = ""] = [bench.take(), bench.take(), bench.take()];
  const later = { workerId: "w2", startedAt: 200, endedAt: 250 };
  bench.do(job, {
    type: "fail",
    activationId: second,
    error: failure,
    execution: later,
    chance: 0,
  });
  bench.do(job, { type: "complete", activationId: third, effects: effects(), execution: later });
  bench.do(job, {
    type: "fail",
    activationId: fourth,
    error: failure,
    execution: undefined,
    chance: 0,
  });
  const link = { jobId: "j", routineId: "link", slot: "input", attempt: 1, ...later };
  assertEquals(spansOf(bench.events(job)), [
    {
      jobId: "j",
      routineId: "source",
      slot: "trigger",
      activationId: "j/1",
      attempt: 1,
      ...execution,
    },
    { ...link, activationId: "j/2" },
    { ...link, activationId: "j/3" },
  ]);
});

Deno.test("historyOf() omits progress and pause and resume", () => {
  const bench = new Bench();
  const job = bench.start();
  const activationId = bench.take() ?? "";
  const before = lines(bench, job);
  bench.do(job, { type: "progress", activationId, data: 1 });
  bench.do(job, { type: "pause" });
  bench.do(job, { type: "resume" });
  assertEquals(lines(bench, job), before);
});

Deno.test("historyOf() records failed and retrying attempts", () => {
  const bench = new Bench({ policy: { onError: { strategy: "retry", delay: 10 } } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  for (const live of job.live.values()) bench.engine.due(job, live);
  bench.take("w8");
  assertEquals(lines(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 retrying source.trigger j/1#1 -",
    "4 started source.trigger j/1#2 w8",
    "100.25 started source.trigger j/1#1 w7",
    "140.5 failed source.trigger j/1#1 w7",
  ]);
  const retrying = historyOf(bench.events(job)).find(({ event }) => event === "retrying");
  assertEquals(retrying?.data, { dueAt: 13 });
});

Deno.test("historyOf() records a skip as failed and skipped", () => {
  const bench = new Bench({ policy: { onError: "skip" } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  const records = historyOf(bench.events(job)).filter(({ activationId }) => activationId === "j/1");
  const events = records.map(({ event }) => event).sort();
  assertEquals(events, ["failed", "queued", "skipped", "started"]);
  assertEquals(records.find(({ event }) => event === "failed")?.data, { error: failure });
});

Deno.test("historyOf() records an attempt as lost on recovery", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "recover" });
  bench.take("w8");
  assertEquals(lines(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "2 started source.trigger j/1#1 w7",
    "3 lost source.trigger j/1#1 w7",
    "4 started source.trigger j/1#2 w8",
  ]);
});

Deno.test("historyOf() omits starts that Flow.close() interrupted", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "leave" });
  bench.take("w8");
  assertEquals(lines(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "4 started source.trigger j/1#1 w8",
  ]);
});

/** A bench whose job has asked for two signals with its first activation. */
function waiting(timeout = 10) {
  const bench = new Bench({
    policies: { source: { onError: { strategy: "retry", maxRetries: 1, delay: 5 } } },
    policy: { onError: "skip" },
  });
  const job = bench.start("j");
  const waits = ["a", "b"].map((signal) => ({ signal, slot: "trigger", timeout }));
  bench.complete(job, bench.take("w7"), effects({ waits }));
  const waitLines = () =>
    historyOf(bench.events(job)).flatMap(({ event, slot, attempt, data = {} }) =>
      data.waitId === undefined ? [] : [`${event} ${slot} ${data.signal} ${data.waitId}#${attempt}`]
    );
  const expire = (waitId: string) =>
    bench.do(job, { type: "expire", waitId, error: failure, chance: 0 });
  return { bench, job, waitLines, expire };
}

Deno.test("historyOf() records a wait until its delivery", () => {
  const { bench, job, waitLines } = waiting();
  bench.do(job, { type: "signal", signal: "b", payload: 1 });
  assertEquals(waitLines(), [
    "waiting trigger a j?1#1",
    "waiting trigger b j?2#1",
    "delivered trigger b j?2#1",
  ]);
});

Deno.test("historyOf() records renewed and expired waits", () => {
  const { bench, job, waitLines, expire } = waiting();
  expire("j?1");
  expire("j?1");
  assertEquals(waitLines().slice(2, 4), ["retrying trigger a j?1#1", "expired trigger a j?1#2"]);
  const records = historyOf(bench.events(job));
  assertEquals(records.find(({ event }) => event === "expired")?.data?.error, failure);
  assertEquals(job.retries, 1);
});

Deno.test("historyOf() records a wait as dropped on cancel", () => {
  const { bench, job, waitLines } = waiting();
  bench.do(job, CANCEL);
  assertEquals(waitLines().slice(2), ["dropped trigger a j?1#1", "dropped trigger b j?2#1"]);
});

Deno.test("historyOf() records lost activations of stopping jobs as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, CANCEL);
  bench.do(job, { type: "recover" });
  assertEquals([job.status, job.cancelled], ["cancelled", 1]);
  assertEquals(lines(bench, job).slice(-2), [
    "4 lost source.trigger j/1#1 w7",
    "4 cancelled source.trigger j/1#1 -",
  ]);
});

Deno.test("historyOf() agrees with countsOf()", () => {
  fc.assert(fc.property(fc.array(fc.nat(9), { maxLength: 40 }), (choices) => {
    const onError = { strategy: "retry", maxRetries: 1, delay: 0 } as const;
    const bench = new Bench({
      policies: { source: { onError }, link: { onError: "skip" }, sink: { onError: "continue" } },
    });
    const job = bench.start("j");
    const taken: string[] = [];
    for (const choice of choices) {
      if (choice < 4) taken.push(bench.take() ?? "");
      const activationId = taken[0] ?? "";
      if (choice === 4 || choice === 5) {
        const held = { event: "output", payload: 1, timestamp: 0, when: "resumed" } as const;
        const emits = [...emitted(1, 2).emits, held];
        const waits = [{ signal: "a", slot: "trigger", timeout: 5 }];
        bench.complete(job, taken.shift(), effects({ emits, waits }));
      } else if (choice === 6) bench.fail(job, taken.shift());
      else if (choice === 7) bench.do(job, { type: "drop", activationId, error: failure });
      else if (choice === 8) {
        const waitId = [...job.waits?.keys() ?? []][0] ?? "";
        bench.do(job, { type: "expire", waitId, error: failure, chance: 0 });
      } else if (choice === 9) {
        bench.do(job, { type: taken.length % 2 === 0 ? "recover" : "leave" });
        taken.length = 0;
      }
    }
    if (choices.length % 2 === 0) {
      bench.do(job, CANCEL);
      bench.do(job, { type: "recover" });
    }
    const byEvent = Object.groupBy(historyOf(bench.events(job)), ({ event }) => event);
    const count = (event: keyof typeof byEvent) => byEvent[event]?.length ?? 0;
    const { completed, failed, skipped, cancelled, retries, known } = countsOf(job);
    assertEquals(
      [count("completed"), count("skipped"), count("cancelled"), count("queued")],
      [completed, skipped, cancelled, known],
    );
    assertEquals([count("retrying"), count("failed") - retriesOf(byEvent)], [
      retries,
      failed + skipped,
    ]);
    const ended = count("delivered") + count("expired") + count("dropped");
    assertEquals(count("waiting"), ended + (job.waits?.size ?? 0));
  }));
});

/** Counts the failed attempts that another one followed. */
function retriesOf(byEvent: Partial<Record<string, readonly ExecutionRecord[]>>): number {
  return byEvent.retrying?.filter(({ data }) => data?.waitId === undefined).length ?? 0;
}
