import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ExecutionRecord, historyOf, spansOf } from "../../src/engine/history.ts";
import { countsOf, type Job } from "../../src/engine/job.ts";
import { Bench, CANCEL, effects, failure } from "./harness.ts";

const execution = { workerId: "w7", startedAt: 100.25, endedAt: 140.5 };

/** The history of a job, a line a record. */
function told(bench: Bench, job: Job): string[] {
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

Deno.test("starts, emits and ends are told at the times measured in the worker", () => {
  const bench = new Bench({ wiring: ["source.output -> sink.input"] });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110, 120), execution });
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 queued sink.input j/2#0 -",
    "3 queued sink.input j/3#0 -",
    "100.25 started source.trigger j/1#1 w7",
    "110 emitted source.trigger j/1#1 w7",
    "120 emitted source.trigger j/1#1 w7",
    "140.5 completed source.trigger j/1#1 w7",
  ]);
});

Deno.test("a start that has not ended is told at the time of the host", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  assertEquals(told(bench, job).at(-1), "2 started source.trigger j/1#1 w7");
});

Deno.test("a payload that is queued tells where it comes from, an emitted one what it is", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110), execution });
  const records = historyOf(bench.events(job));
  const dataOf = (event: string) => records.filter((record) => record.event === event).at(-1)?.data;
  assertEquals(dataOf("queued"), { from: "j/1", event: "output" });
  assertEquals(dataOf("emitted"), { event: "output", payload: 110 });
});

Deno.test("a failure is told with its error, when and where it was", () => {
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

Deno.test("what was dropped and what was stopped is told as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "flush", activationId, effects: emitted(1) });
  bench.do(job, CANCEL);
  bench.do(job, { type: "complete", activationId, effects: effects(), execution });
  assertEquals(told(bench, job).filter((line) => line.includes("cancelled")), [
    "4 cancelled link.input j/2#0 -",
    "140.5 cancelled source.trigger j/1#1 w7",
  ]);
});

Deno.test("a span is told of each execution that ended, however it ended", () => {
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

Deno.test("progress, a pause and a resume leave no record of an activation", () => {
  const bench = new Bench();
  const job = bench.start();
  const activationId = bench.take() ?? "";
  const before = told(bench, job);
  bench.do(job, { type: "progress", activationId, data: 1 });
  bench.do(job, { type: "pause" });
  bench.do(job, { type: "resume" });
  assertEquals(told(bench, job), before);
});

Deno.test("an attempt that is followed by another is told as failed, then as retrying", () => {
  const bench = new Bench({ policy: { onError: { strategy: "retry", delay: 10 } } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  for (const live of job.live.values()) bench.engine.due(job, live);
  bench.take("w8");
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 retrying source.trigger j/1#1 -",
    "4 started source.trigger j/1#2 w8",
    "100.25 started source.trigger j/1#1 w7",
    "140.5 failed source.trigger j/1#1 w7",
  ]);
  const retrying = historyOf(bench.events(job)).find(({ event }) => event === "retrying");
  assertEquals(retrying?.data, { dueAt: 13 });
});

Deno.test("a skipped activation is told as failed, with its error, and as skipped", () => {
  const bench = new Bench({ policy: { onError: "skip" } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  const records = historyOf(bench.events(job)).filter(({ activationId }) => activationId === "j/1");
  const events = records.map(({ event }) => event).sort();
  assertEquals(events, ["failed", "queued", "skipped", "started"]);
  assertEquals(records.find(({ event }) => event === "failed")?.data, { error: failure });
});

Deno.test("an attempt during which the process died is told as lost", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "recover" });
  bench.take("w8");
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "2 started source.trigger j/1#1 w7",
    "3 lost source.trigger j/1#1 w7",
    "4 started source.trigger j/1#2 w8",
  ]);
});

Deno.test("what a flow that was closed had begun was never done, and is told when it begins again", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "leave" });
  bench.take("w8");
  assertEquals(told(bench, job), [
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
  const told = () =>
    historyOf(bench.events(job)).flatMap(({ event, slot, attempt, data = {} }) =>
      data.waitId === undefined ? [] : [`${event} ${slot} ${data.signal} ${data.waitId}#${attempt}`]
    );
  const expire = (waitId: string) =>
    bench.do(job, { type: "expire", waitId, error: failure, chance: 0 });
  return { bench, job, told, expire };
}

Deno.test("a wait is told until its signal is delivered", () => {
  const { bench, job, told } = waiting();
  bench.do(job, { type: "signal", signal: "b", payload: 1 });
  assertEquals(told(), [
    "waiting trigger a j?1#1",
    "waiting trigger b j?2#1",
    "delivered trigger b j?2#1",
  ]);
});

Deno.test("a wait whose signal does not come is told as retrying, then as expired with its error", () => {
  const { bench, job, told, expire } = waiting();
  expire("j?1");
  expire("j?1");
  assertEquals(told().slice(2, 4), ["retrying trigger a j?1#1", "expired trigger a j?1#2"]);
  const records = historyOf(bench.events(job));
  assertEquals(records.find(({ event }) => event === "expired")?.data?.error, failure);
  assertEquals(job.retries, 1);
});

Deno.test("a wait that ends with its job is told as dropped", () => {
  const { bench, job, told } = waiting();
  bench.do(job, CANCEL);
  assertEquals(told().slice(2), ["dropped trigger a j?1#1", "dropped trigger b j?2#1"]);
});

Deno.test("what was executed by a process that died while its job was stopping is told as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, CANCEL);
  bench.do(job, { type: "recover" });
  assertEquals([job.status, job.cancelled], ["cancelled", 1]);
  assertEquals(told(bench, job).slice(-2), [
    "4 lost source.trigger j/1#1 w7",
    "4 cancelled source.trigger j/1#1 -",
  ]);
});

Deno.test("the ends that are told are those that are counted, whatever happens", () => {
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
        const waitId = [...job.waits.keys()][0] ?? "";
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
    const told = Object.groupBy(historyOf(bench.events(job)), ({ event }) => event);
    const count = (event: keyof typeof told) => told[event]?.length ?? 0;
    const { completed, failed, skipped, cancelled, retries, known } = countsOf(job);
    assertEquals(
      [count("completed"), count("skipped"), count("cancelled"), count("queued")],
      [completed, skipped, cancelled, known],
    );
    assertEquals([count("retrying"), count("failed") - retriesOf(told)], [
      retries,
      failed + skipped,
    ]);
    const ended = count("delivered") + count("expired") + count("dropped");
    assertEquals(count("waiting"), ended + job.waits.size);
  }));
});

/** How many attempts failed that were followed by another. */
function retriesOf(told: Partial<Record<string, readonly ExecutionRecord[]>>): number {
  return told.retrying?.filter(({ data }) => data?.waitId === undefined).length ?? 0;
}
