// Limits of each key of a routine: of the activations that execute at once, and of those that start in a period.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AddOptions,
  Flow,
  type FlowOptions,
  type JobState,
  type LimitBy,
  type Span,
} from "@millrace/flow";
import { InvalidOptionError, LimitKeyError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore } from "@millrace/flow/store";
import { greatestOverlap } from "../laws/spans.ts";
import { assertRate } from "../laws/starts.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";
import { Folder } from "../store/folder.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 16, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());

const byMark: LimitBy<Parcel> = ({ marks }) => marks[0] ?? "";

Deno.test("AddOptions.limitBy limits the activations of each key", async () => {
  await using flow = limited({ limitBy: byMark, concurrency: 2 });
  const jobs = ["a", "b", "c"].flatMap((key) =>
    Array.from({ length: 8 }, () => [key, flow.start("second.parcel", parcel(key))] as const)
  );
  await Promise.all(jobs.map(([, job]) => job.waitForCompletion()));
  for (const own of Map.groupBy(jobs, ([key]) => key).values()) {
    assertEquals(greatestOverlap(spansOf(own.map(([, job]) => job))), 2);
  }
  // The keys do not wait for each other.
  assert(greatestOverlap(spansOf(jobs.map(([, job]) => job))) > 2);
});

Deno.test("AddOptions.limitBy lets a key that is full delay no other key of its job", async () => {
  await using flow = limited({ limitBy: byMark, concurrency: 1 });
  const stuck = flow.start("second.parcel", { marks: ["a"], does: "waits" });
  const behind = flow.start("second.parcel", parcel("a"));
  const others = Array.from({ length: 4 }, (_, i) => flow.start("second.parcel", parcel(`b${i}`)));
  await Promise.all(others.map((job) => job.waitForCompletion()));
  assertEquals([stuck.status, behind.counts.executing], ["running", 0]);
  flow.cancel(stuck);
  assertEquals((await behind.waitForCompletion()).status, "completed");
});

Deno.test("AddOptions.limitBy gets a copy of the payload and the slot", async () => {
  const seen: unknown[] = [];
  const limitBy: LimitBy<Parcel> = (parcel, slot) => {
    seen.push([...parcel.marks], slot);
    parcel.marks.push("changed");
    return "key";
  };
  await using flow = limited({ limitBy, concurrency: 1 });
  const job = await flow.execute("second.parcel", { marks: ["a"] });
  assertEquals(seen, [["a"], "parcel"]);
  assertEquals(job.sharedData["marks"], ["a", `${job.jobId}/1 1`]);
});

Deno.test("AddOptions.limitBy fails the activation by its policy if it throws or returns no text", async () => {
  const faults: [string, LimitBy<Parcel>][] = [
    ["threw: no URL", () => {
      throw new TypeError("no URL");
    }],
    ["returned undefined", (() => {}) as never],
    ["returned 7", (() => 7) as never],
    ["returned [object Promise]", (async () => await Promise.reject(new Error("late"))) as never],
  ];
  for (const [fault, broken] of faults) {
    const limitBy: LimitBy<Parcel> = (parcel, slot) =>
      parcel.marks[0] === "bad" ? broken(parcel, slot) : "good";
    await using stops = limited({ limitBy, concurrency: 1 });
    const job = await stops.execute("first.parcel", { marks: ["bad"] });
    const { error } = job;
    assert(error instanceof LimitKeyError, `${error}`);
    assertEquals([job.status, error.routineId, error.jobId], ["failed", "second", job.jobId]);
    assertEquals(
      error.message,
      `limitBy of "second" ${fault}; let it return a text for each payload`,
    );
    await using goesOn = limited({ limitBy, concurrency: 1, onError: "continue" });
    assertEquals((await goesOn.execute("first.parcel", { marks: ["bad"] })).status, "completed");
    assertEquals((await goesOn.execute("first.parcel", { marks: [] })).status, "completed");
  }
});

Deno.test("AddOptions.limitBy is asked again by a retry of the activation", async () => {
  let calls = 0;
  const limitBy = () => {
    if (++calls < 4) throw new Error("not yet");
    return "key";
  };
  const onError = { strategy: "retry", maxRetries: Infinity, delay: 0 } as const;
  await using flow = limited({ limitBy, concurrency: 1, onError });
  const job = await flow.execute("second.parcel", { marks: [] });
  assertEquals([job.status, job.counts.retries, calls], ["completed", 3, 4]);
});

Deno.test("AddOptions.limitBy delays no others by endless retries", async () => {
  const limitBy: LimitBy<Parcel> = ({ marks }) => {
    if (marks[0] === "bad") throw new Error("never");
    return "key";
  };
  const onError = { strategy: "retry", maxRetries: Infinity, delay: 0 } as const;
  await using flow = limited({ limitBy, concurrency: 1, onError });
  const bad = flow.start("second.parcel", { marks: ["bad"] });
  for (const entry of ["second.parcel", "third.parcel"] as const) {
    assertEquals((await flow.execute(entry, { marks: [] })).status, "completed");
  }
  assertEquals([bad.status, bad.counts.executing], ["running", 0]);
  flow.cancel(bad);
  assertEquals((await bad.waitForCompletion()).status, "cancelled");
});

Deno.test("AddOptions.limitBy may call any method of its flow", async () => {
  const started: JobState[] = [];
  const limitBy: LimitBy<Parcel> = ({ marks }) => {
    if (marks[0] === "cancel") flow.cancel("it");
    if (marks[0] === "start") started.push(flow.start("second.parcel", { marks: [] }));
    if (marks[0] === "pause") flow.pause("it");
    return "key";
  };
  await using flow = limited({ limitBy, concurrency: 1 });
  const cancelled = flow.start("first.parcel", { marks: ["cancel"] }, { jobId: "it" });
  assertEquals((await cancelled.waitForCompletion()).status, "cancelled");
  await flow.execute("first.parcel", { marks: ["start"] });
  assertEquals((await started[0]?.waitForCompletion())?.status, "completed");
});

Deno.test("AddOptions.rate limits the starts in every period over all jobs", async () => {
  const rate = { limit: 3, per: 60 };
  await using flow = limited({ rate });
  const jobs = Array.from({ length: 10 }, () => flow.start("second.parcel", { marks: [] }));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertRate(spansOf(jobs), rate);
});

Deno.test("AddOptions.rate counts the attempts of each key", async () => {
  const rate = { limit: 2, per: 50 };
  const onError = { strategy: "retry", maxRetries: 1, delay: 0 } as const;
  await using flow = limited({ rate, limitBy: byMark, onError });
  const jobs = ["a", "b"].map((key) =>
    Array.from(
      { length: 4 },
      () => flow.start("second.parcel", { marks: [key], does: "fails" } as const),
    )
  );
  await Promise.all(jobs.flat().map((job) => job.waitForCompletion()));
  for (const own of jobs) {
    const spans = spansOf(own);
    assertEquals(spans.length, 8);
    assertRate(spans, rate);
  }
});

Deno.test("AddOptions.rate preserves the order of a job in a sequential flow", async () => {
  const rate = { limit: 1, per: 20 };
  await using flow = new Flow({ pool, executionStrategy: "sequential" })
    .add("first", first).add("second", second, { rate }).add("third", third)
    .connect("first.next", "second.parcel").connect("first.next", "third.parcel")
    .connect("second.next", "third.parcel");
  const jobs = Array.from({ length: 3 }, () => flow.start("first.parcel", { marks: [] }));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertRate(spansOf(jobs), rate);
  for (const { spans } of jobs) {
    const order = [...spans].sort((a, b) => a.startedAt - b.startedAt);
    assertEquals(order.map(({ routineId }) => routineId), ["first", "second", "third", "third"]);
  }
});

Deno.test("AddOptions.rate lets other routines go on meanwhile", async () => {
  const rate = { limit: 1, per: 3_600_000 };
  await using flow = limited({ rate });
  await flow.execute("second.parcel", { marks: [] });
  const waiting = flow.start("second.parcel", { marks: [] });
  assertEquals((await flow.execute("third.parcel", { marks: [] })).status, "completed");
  assertEquals(waiting.counts.queued, 1);
  flow.cancel(waiting);
  assertEquals((await waiting.waitForCompletion()).status, "cancelled");
});

Deno.test("AddOptions.rate holds across a restart of a durable flow", async () => {
  using folder = new Folder();
  const rate = { limit: 3, per: 300 };
  const starts: Span[] = [];
  for (let life = 0; life < 3; life++) {
    await using store = new SqliteStore(folder.path("jobs.db"));
    await using flow = limited({ rate, limitBy: byMark }, { store });
    await flow.recover();
    const jobs = Array.from({ length: 2 }, () => flow.start("second.parcel", { marks: ["a"] }));
    // A key that was not used before does not wait.
    const other = flow.start("second.parcel", { marks: [`other ${life}`] });
    await Promise.all([other, ...jobs].map((job) => job.waitForCompletion()));
    starts.push(...spansOf(jobs));
    // An ended job counts even if it is deleted.
    for (const { jobId } of jobs) store.delete(jobId);
  }
  assertEquals(starts.length, 6);
  assertRate(starts, rate);
});

for (const isClosed of [true, false]) {
  const what = isClosed ? "no lost starts of a closed flow" : "lost starts of a dead flow";
  Deno.test(`AddOptions.rate counts ${what}`, async () => {
    using folder = new Folder();
    const rate = { limit: 1, per: 3_600_000 };
    const [path, copy] = [folder.path("jobs.db"), folder.path("copy.db")];
    {
      await using store = new SqliteStore(path);
      await using flow = limited({ rate, limitBy: byMark }, { store });
      await flow.execute("second.parcel", { marks: ["used"] });
      flow.start("second.parcel", { marks: ["used"] });
      await flow.flush();
      // What a process leaves that dies then.
      await store.backup(copy);
    }
    await using store = new SqliteStore(isClosed ? path : copy);
    await using flow = limited({ rate, limitBy: byMark }, { store });
    const [waiting] = await flow.recover();
    const other = flow.start("second.parcel", { marks: ["unused"] });
    if (isClosed) await other.waitForCompletion({ timeout: 60_000 });
    else await flow.execute("third.parcel", { marks: [] });
    assertEquals([waiting?.counts.queued, other.counts.queued], [1, isClosed ? 0 : 1]);
  });
}

Deno.test("AddOptions.rate counts as used up if the store does not record it", async () => {
  const rate = { limit: 3, per: 150 };
  const store = Object.assign(new MemoryStore(), { isDurable: true });
  await using flow = limited({ rate }, { store });
  const before = Date.now();
  const job = await flow.execute("second.parcel", { marks: [] });
  assert((spansOf([job])[0]?.startedAt ?? 0) >= before + rate.per - 1);
});

Deno.test("Flow.add() refuses limits that are none", () => {
  const bad: [string, AddOptions<object>][] = [
    ["rate.limit", { rate: { limit: 0, per: 1 } }],
    ["rate.limit", { rate: { limit: 1.5, per: 1 } }],
    ["rate.limit", { rate: { limit: Infinity, per: 1 } }],
    ["rate.limit", { rate: { per: 1 } as never }],
    ["rate.per", { rate: { limit: 1 } as never }],
    ["rate.per", { rate: { limit: 1, per: 0 } }],
    ["rate.per", { rate: { limit: 1, per: NaN } }],
    ["rate.per", { rate: { limit: 1, per: Infinity } }],
    ["rate.per", { rate: { limit: 1, per: "1000" } as never }],
    ['no option "window"', { rate: { limit: 1, per: 1, window: 2 } as never }],
    ["rate", { rate: 5 as never }],
    ["rate", { rate: null as never }],
    ["limitBy", { limitBy: "host" as never, concurrency: 1 }],
    ["limitBy", { limitBy: () => "key" }],
  ];
  for (const [option, options] of bad) {
    const error = assertThrows(() => new Flow().add("third", third, options), InvalidOptionError);
    assert(error.message.includes(option), `${option}: ${error.message}`);
    assertEquals(error.routineId, "third");
  }
});

function limited(
  options: AddOptions<object, typeof second.events, Parcel>,
  more: FlowOptions = {},
) {
  return new Flow({ pool, concurrency: 16, ...more })
    .add("first", first).add("second", second, options).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

function parcel(key: string): Parcel {
  return { marks: [key], does: "awaits" };
}

function spansOf(jobs: readonly JobState[]): Span[] {
  return jobs.flatMap(({ spans }) => spans).filter(({ routineId }) => routineId === "second");
}
