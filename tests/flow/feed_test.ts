import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Flow, type FlowOptions, type JobEvent, type JobState } from "@millrace/flow";
import {
  ClosedError,
  DuplicateFeedError,
  DuplicateJobError,
  FeedError,
  InvalidOptionError,
  JobTimeoutError,
  UncloneableValueError,
  UnknownSlotError,
  WaitTimeoutError,
} from "@millrace/flow/errors";
import { replay } from "@millrace/flow/events";
import { holder, late, taker } from "../routines/feeding.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

function feeding(options: FlowOptions = {}) {
  return new Flow({ pool, ...options }).add("taker", taker).add("holder", holder);
}

/** The payloads that the taker was sent, in the order of their commits. */
function takenBy({ sharedLog }: JobState): unknown[] {
  return sharedLog.map(({ data }) => data);
}

/** The events of the type of a feed. */
async function feedEvents(flow: Pick<Flow, "events">, { jobId }: JobState) {
  const events: JobEvent[] = await Array.fromAsync(flow.events({ jobId }));
  return events.flatMap((event) => event.type === "feed_taken" ? [event] : []);
}

function numbers(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

/** An iterator that counts the calls, and gives what it is told to. */
class Counted<Item> implements AsyncIterableIterator<Item> {
  nexts = 0;
  returns = 0;

  constructor(
    readonly results: (call: number) => unknown,
    readonly ending: () => unknown = () => ({ done: true }),
  ) {}

  next() {
    return this.results(this.nexts++) as Promise<IteratorResult<Item>>;
  }

  return() {
    this.returns++;
    return this.ending() as Promise<IteratorResult<Item>>;
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

function never(): Promise<never> {
  return Promise.withResolvers<never>().promise;
}

Deno.test("Flow.feed() delivers each item of an iterable", async () => {
  await using flow = feeding({ executionStrategy: "sequential" });
  const sources = [
    numbers(600),
    new Set(numbers(600)),
    numbers(600).values(),
    () => numbers(600),
    async function* () {
      yield* numbers(600);
    },
    new ReadableStream({
      start(controller) {
        for (const item of numbers(600)) controller.enqueue(item);
        controller.close();
      },
    }),
  ];
  for (const source of sources) {
    const job = await within(flow.feed("taker.item", source).waitForCompletion());
    assertEquals([job.status, takenBy(job)], ["completed", numbers(600)]);
    assertEquals(job.feed, { entry: "taker.item", taken: 600, isOpen: false });
  }
});

Deno.test("Flow.feed() completes a job whose iterable is empty", async () => {
  await using flow = feeding();
  const job = await within(flow.feed("taker.item", []).waitForCompletion());
  assertEquals([job.status, job.counts.known], ["completed", 0]);
});

Deno.test("Flow.feed() returns the job before it calls the source", async () => {
  await using flow = feeding();
  const source = new Counted(() => ({ done: true }));
  const job = flow.feed("taker.item", source, { jobId: "job" });
  assertEquals([job.jobId, job.status, source.nexts], ["job", "running", 0]);
  assertEquals(job.feed, { entry: "taker.item", taken: 0, isOpen: true });
  await within(job.waitForCompletion());
});

Deno.test("Flow.feed() queues items together that are ready", async () => {
  await using flow = feeding();
  const ready = flow.feed("taker.item", numbers(300));
  const late = flow.feed("taker.item", async function* () {
    yield* [1, 2, 3];
    await nextEvent(flow, "activation_completed", ({ activationId }) => activationId === "late/3");
    yield 4;
  }, { jobId: "late" });
  await within(Promise.all([ready, late].map((job) => job.waitForCompletion())));
  const sizes = async (job: JobState) =>
    (await feedEvents(flow, job)).map(({ queued }) => queued.length);
  assertEquals(await sizes(ready), [1, 256, 43]);
  assertEquals(await sizes(late), [1, 2, 1]);
});

Deno.test("Flow.feed() queues an item of some size without further ones", async () => {
  await using flow = feeding();
  const large = ["x".repeat(2_000), new Uint8Array(2_000), "y", new Uint8Array(9)];
  const job = await within(flow.feed("taker.item", ["", ...large]).waitForCompletion());
  const sizes = (await feedEvents(flow, job)).map(({ queued }) => queued.length);
  assertEquals(sizes, [1, 1, 1, 2]);
});

Deno.test("FlowOptions.highWaterMark bounds the queue of a fed job", async () => {
  await using flow = feeding({ highWaterMark: 10 });
  const job = flow.feed("taker.item", numbers(500));
  const events: JobEvent[] = [];
  let most = 0;
  for await (const event of flow.events({ jobId: job.jobId })) {
    events.push(event);
    if (event.type === "feed_taken") most = Math.max(most, replay(events).counts.queued);
  }
  assertEquals([job.status, job.counts.completed], ["completed", 500]);
  assert(most > 1 && most <= 10, `${most} queued`);
});

Deno.test("FlowOptions.highWaterMark bounds the bytes of a fed job", async () => {
  const size = 100_000;
  await using flow = feeding({ highWaterMark: { bytes: 3 * size } });
  const latches = newLatches();
  const chunk = () => ({ latches, bytes: new Uint8Array(size) });
  const job = flow.feed("holder.item", numbers(30).map(chunk));
  let most = 0;
  for await (const { type } of flow.events({ jobId: job.jobId })) {
    most = Math.max(most, job.counts.queued);
    if (type === "activation_started") arrive(latches, RELEASED);
  }
  assertEquals([job.status, job.counts.completed], ["completed", 30]);
  // The mark is three chunks, and one more is queued while no more than the mark is.
  assert(most <= 4, `${most} queued`);
});

Deno.test("AddOptions.limitBy applies to the items of a feed", async () => {
  await using flow = new Flow({ pool })
    .add("taker", taker, { limitBy: (item) => `${Number(item) % 3}`, concurrency: 1 });
  const job = await within(flow.feed("taker.item", numbers(50)).waitForCompletion());
  assertEquals([job.status, job.counts.completed], ["completed", 50]);
});

Deno.test("JobState.waits names the feed that a job waits for", async () => {
  await using flow = feeding();
  const job = flow.feed("taker.item", new Counted(never));
  assertEquals(job.waits, [{ reason: "feed", routineId: "taker", count: 1 }]);
  flow.pause(job);
  assertEquals(job.waits, [{ reason: "resume", routineId: "taker", count: 1 }]);
  flow.resume(job);
  flow.cancel(job);
  assertEquals((await within(job.waitForCompletion())).waits, []);
});

Deno.test("FlowOptions.maxQueuedPerJob leaves room for what the items lead to", async () => {
  await using flow = feeding({ maxQueuedPerJob: 8 })
    .add("next", taker)
    .connect("taker.taken", "next.item");
  const job = await within(flow.feed("taker.item", numbers(200)).waitForCompletion());
  assertEquals([job.status, job.counts.completed], ["completed", 400]);
});

Deno.test("FlowOptions.maxQueuedPerJob leaves room for what executes", async () => {
  await using flow = new Flow({ maxWorkers: 1, concurrency: 32, maxQueuedPerJob: 8 })
    .add("late", late)
    .add("taker", taker)
    .connect("late.item", "taker.item");
  const latches = newLatches();
  const job = flow.feed("late.item", numbers(50).map(() => ({ latches })));
  await reached(latches, ARRIVED, 8);
  arrive(latches, RELEASED);
  await within(job.waitForCompletion());
  assertEquals([job.status, job.counts.completed], ["completed", 100]);
});

for (const limit of ["maxQueued", "maxQueuedPerJob"] as const) {
  Deno.test(`Flow.feed() waits while ${limit} activations are queued`, async () => {
    await using flow = feeding({ [limit]: 5 });
    const jobs = [flow.feed("taker.item", numbers(100)), flow.feed("taker.item", numbers(100))];
    let most = 0;
    for await (const { type } of flow.events()) {
      const queued = jobs.map(({ counts }) => counts.queued);
      const sum = limit === "maxQueued" ? queued.reduce((a, b) => a + b) : Math.max(...queued);
      most = Math.max(most, sum);
      if (type === "job_completed" && jobs.every(({ endedAt }) => endedAt !== undefined)) break;
    }
    assertEquals(jobs.map(({ counts }) => counts.completed), [100, 100]);
    assert(most <= 5, `${most} queued`);
  });
}

Deno.test("Flow.whenCapacity() has its turns beside feeds", async () => {
  const options = { maxQueued: 2, maxWorkers: 1, concurrency: 1 };
  await using flow = feeding(options);
  function* endless() {
    for (;;) yield 0;
  }
  const feeds = [flow.feed("taker.item", endless()), flow.feed("taker.item", endless())];
  await nextEvent(flow, "activation_completed");
  for (let i = 0; i < 5; i++) {
    await flow.whenCapacity();
    // What the caller does first takes no turn of the event loop.
    for (let step = 0; step < 20; step++) await undefined;
    flow.start("taker.item", i);
  }
  for (const job of feeds) flow.cancel(job);
});

Deno.test("Flow.feed() has its turns beside callers of whenCapacity", async () => {
  await using flow = feeding({ maxQueued: 2, maxWorkers: 1, concurrency: 1 });
  let isOver = false;
  const callers = numbers(3).map(async () => {
    while (!isOver) {
      await flow.whenCapacity();
      // Another caller may have started a job since.
      if (flow.stats().queued < 2) flow.start("taker.item", 0);
    }
  });
  await nextEvent(flow, "activation_completed");
  const job = flow.feed("taker.item", numbers(5));
  await within(job.waitForCompletion());
  isOver = true;
  await Promise.all(callers);
  assertEquals(takenBy(job), numbers(5));
});

Deno.test("FlowOptions.maxJobs lets a pending job take its first item only", async () => {
  await using flow = feeding({ maxJobs: 1 });
  const latches = newLatches();
  const first = flow.start("holder.item", { latches });
  await reached(latches, ARRIVED);
  const source = new Counted((call) => ({ done: call > 9, value: call }));
  const job = flow.feed("taker.item", source);
  await nextEvent(flow, "feed_taken");
  assertEquals([job.status, job.counts.queued, source.nexts], ["pending", 1, 1]);
  arrive(latches, RELEASED);
  await within(Promise.all([first.waitForCompletion(), job.waitForCompletion()]));
  assertEquals([job.counts.completed, first.status], [10, "completed"]);
});

Deno.test("Flow.feed() holds no worker while it waits for an item", async () => {
  await using flow = new Flow({ maxWorkers: 1 }).add("taker", taker);
  const job = flow.feed("taker.item", new Counted(never));
  const other = await within(flow.execute("taker.item", 1));
  assertEquals([other.status, job.status, job.feed?.isOpen], ["completed", "running", true]);
});

Deno.test("Flow.pause() stops a feed after the requested item", async () => {
  await using flow = feeding();
  const { promise, resolve } = Promise.withResolvers<IteratorResult<number>>();
  const source = new Counted<number>((call) =>
    call === 0 ? promise : { done: call > 3, value: call }
  );
  const job = flow.feed("taker.item", source, { jobId: "job" });
  while (source.nexts === 0) await new Promise((goOn) => setTimeout(goOn));
  flow.pause(job);
  const taken = nextEvent(flow, "feed_taken");
  resolve({ done: false, value: 0 });
  await taken;
  const other = flow.feed("taker.item", [], { jobId: "other" });
  await within(other.waitForCompletion());
  assertEquals([job.status, job.counts.queued, source.nexts], ["paused", 1, 1]);
  flow.resume(job);
  await within(job.waitForCompletion());
  assertEquals(takenBy(job).toSorted(), [0, 1, 2, 3]);
});

Deno.test("Flow.feed() takes nothing while the flow is paused", async () => {
  await using flow = feeding();
  flow.pause();
  const source = new Counted((call) => ({ done: call > 0, value: call }));
  const job = flow.feed("taker.item", source);
  await flow.flush();
  assertEquals([job.status, source.nexts], ["paused", 0]);
  flow.resume();
  assertEquals((await within(job.waitForCompletion())).status, "completed");
});

const ENDS: Readonly<Record<string, (flow: Flow, job: JobState) => unknown>> = {
  "is cancelled": (flow, job) => flow.cancel(job),
  "is left": (flow) => flow.close({ jobs: "keep" }),
  "ends with its flow": (flow) => flow.close(),
};
for (const [how, end] of Object.entries(ENDS)) {
  Deno.test(`Flow.feed() ends the iterator once when the job ${how}`, async () => {
    await using flow = feeding();
    let ended = 0;
    async function* items() {
      try {
        for (let i = 0;; i++) yield i;
      } finally {
        ended++;
      }
    }
    function* syncItems() {
      try {
        for (let i = 0;; i++) yield i;
      } finally {
        ended++;
      }
    }
    const waiting = new Counted(never, never);
    const sources = [
      items(),
      syncItems(),
      waiting,
      new ReadableStream({ cancel: () => void ended++ }),
    ];
    const jobs = sources.map((source) => flow.feed("taker.item", source));
    await nextEvent(flow, "activation_completed", ({ jobId }) => jobId === jobs[0]?.jobId);
    for (const job of jobs) await end(flow, job);
    await within(flow.close());
    assertEquals([ended, waiting.returns], [3, 1]);
    for (const { feed } of how === "is left" ? [] : jobs) assertEquals(feed?.isOpen, false);
  });
}

Deno.test("FeedOptions.signal cancels the job and ends the iterator", async () => {
  await using flow = feeding();
  const controller = new AbortController();
  const source = new Counted(never);
  const job = flow.feed("taker.item", source, { signal: controller.signal });
  controller.abort("enough");
  assertEquals((await within(job.waitForCompletion())).status, "cancelled");
  assertEquals([source.nexts, source.returns], [0, 1]);
  assertThrows(() => flow.feed("taker.item", [], { signal: AbortSignal.abort("no") }));
});

Deno.test("FeedOptions.timeout fails a job that waits for its source", async () => {
  await using flow = feeding();
  const source = new Counted(never);
  const job = await within(
    flow.feed("taker.item", source, { timeout: 5 }).waitForCompletion(),
  );
  assertInstanceOf(job.error, JobTimeoutError);
  assertEquals(source.returns, 1);
});

Deno.test("FeedOptions.priority and group are those of the job", async () => {
  await using flow = feeding();
  const job = flow.feed("taker.item", [], { priority: 3, group: "one" });
  const events = await Array.fromAsync(flow.events({ jobId: job.jobId }));
  const [started] = events;
  assert(started?.type === "job_started");
  assertEquals([started.priority, started.group], [3, "one"]);
});

const FAULTS: Readonly<Record<string, { results: (call: number) => unknown; returns: number }>> = {
  "throws": {
    results: () => {
      throw new RangeError("half way");
    },
    returns: 0,
  },
  "rejects": { results: () => Promise.reject(new RangeError("half way")), returns: 0 },
  "throws null": {
    results: () => {
      throw null;
    },
    returns: 0,
  },
  "returns no object": { results: () => 5, returns: 0 },
  "returns a result that throws": {
    results: () => ({
      get done() {
        throw new RangeError("half way");
      },
    }),
    returns: 0,
  },
  "gives an item that cannot be cloned": {
    results: () => ({ done: false, value: { send: () => {} } }),
    returns: 1,
  },
};
for (const [fault, { results, returns }] of Object.entries(FAULTS)) {
  Deno.test(`Flow.feed() fails the job when the iterator ${fault}`, async () => {
    await using flow = feeding({ id: "feeding" });
    const source = new Counted((call) => call < 2 ? { done: false, value: call } : results(call));
    const job = flow.feed("taker.item", source, { jobId: "job" });
    await within(job.waitForCompletion());
    const { error } = job;
    assertInstanceOf(error, FeedError);
    assertEquals([job.status, job.feed?.taken, job.counts.known], ["failed", 2, 2]);
    assertEquals([error.entry, error.item, error.jobId], ["taker.item", 3, "job"]);
    assertEquals([error.flowId, error.routineId, error.slot], ["feeding", "taker", "item"]);
    assertEquals("cause" in error, true);
    assertEquals(source.returns, returns);
    assertEquals(source.nexts, 3);
  });
}

Deno.test("Flow.feed() fails the job when a sync iterator returns a promise", async () => {
  await using flow = feeding();
  const next = () => Promise.resolve({ done: true });
  const source = { [Symbol.iterator]: () => ({ next }) } as unknown as Iterable<number>;
  const job = await within(flow.feed("taker.item", source).waitForCompletion());
  assertInstanceOf(job.error, FeedError);
  assertEquals([job.error.item, job.counts.known], [1, 0]);
});

Deno.test("FeedError names place and reason and fix", async () => {
  await using flow = feeding({ id: "feeding" });
  const job = flow.feed("taker.item", [1, 2, Symbol("no")], { jobId: "job" });
  await within(job.waitForCompletion());
  assertEquals(
    job.error?.message,
    'the feed of job "job" of flow "feeding" to "taker.item" has failed at item 3: payload is a symbol, which cannot be sent to another thread; send a string; mend the source, and feed a new job, or go on with flow.rerun and flow.feed',
  );
  assertInstanceOf(job.error?.cause, UncloneableValueError);
});

Deno.test("Flow.feed() is not harmed by an iterator that does not end", async () => {
  const endings = [
    never,
    () => 5,
    () => {
      throw new Error("this error of a test is written to the console");
    },
    () => Promise.reject(new Error("this error of a test is written to the console")),
  ];
  for (const ending of endings) {
    await using flow = feeding();
    const source = new Counted(never, ending);
    const job = flow.feed("taker.item", source);
    await flow.flush();
    flow.cancel(job);
    assertEquals((await within(job.waitForCompletion())).status, "cancelled");
    await within(flow.close());
    assertEquals(source.returns, 1);
  }
});

Deno.test("Flow.feed() refuses an iterator that was fed before", async () => {
  await using flow = feeding({ id: "feeding" });
  const one = { [Symbol.iterator]: () => used };
  const used = [1].values();
  const stream = new ReadableStream({ start: (controller) => controller.close() });
  flow.feed("taker.item", used, { jobId: "first" });
  await within(flow.feed("taker.item", stream).waitForCompletion());
  const locked = new ReadableStream();
  const reader = locked.getReader();
  for (const source of [used, stream, one, () => used, () => one, locked]) {
    const error = assertThrows(() => flow.feed("taker.item", source), DuplicateFeedError);
    assertEquals([error.flowId, error.routineId, error.slot], ["feeding", "taker", "item"]);
  }
  reader.releaseLock();
  const again = [1, 2];
  for (let i = 0; i < 2; i++) flow.feed("taker.item", again);
});

Deno.test("Flow.feed() refuses a job that is being fed", async () => {
  await using flow = feeding();
  flow.feed("taker.item", new Counted(never), { jobId: "job" });
  const second = new Counted(never);
  const error = assertThrows(
    () => flow.feed("taker.item", second, { jobId: "job" }),
    DuplicateFeedError,
  );
  assertEquals([error.jobId, second.nexts + second.returns], ["job", 0]);
  flow.feed("taker.item", second, { jobId: "other" });
});

Deno.test("Flow.feed() refuses a source that is no iterable", async () => {
  await using flow = feeding({ id: "feeding" });
  const invalid: readonly unknown[] = [
    5,
    null,
    undefined,
    "text",
    {},
    () => 5,
    () => Promise.resolve([]),
    { [Symbol.iterator]: () => 5 },
    { [Symbol.asyncIterator]: () => ({}) },
  ];
  for (const source of invalid) {
    const error = assertThrows(
      () => flow.feed("taker.item", source as Iterable<unknown>),
      InvalidOptionError,
    );
    assertEquals([error.option, error.flowId, error.slot], ["source", "feeding", "item"]);
  }
  assertEquals(flow.jobs.size, 0);
});

Deno.test("Flow.feed() throws the error of the function", async () => {
  await using flow = feeding();
  const reason = new RangeError("no");
  const failing = () => {
    throw reason;
  };
  assertStrictEquals(assertThrows(() => flow.feed("taker.item", failing)), reason);
  assertEquals(flow.jobs.size, 0);
});

Deno.test("Flow.feed() gives back a source if it starts no job", async () => {
  await using flow = feeding();
  const stream = new ReadableStream({ start: (controller) => controller.close() });
  const source = new Counted(() => ({ done: true }));
  flow.start("taker.item", 1, { jobId: "job" });
  // The id is taken while the source is opened.
  for (const given of [stream, source]) {
    const taking = () => {
      flow.start("taker.item", 1, { jobId: `job ${given === source}` });
      return given;
    };
    const jobId = `job ${given === source}`;
    assertThrows(() => flow.feed("taker.item", taking, { jobId }), DuplicateJobError);
  }
  assertEquals([stream.locked, source.returns], [false, 0]);
  for (const given of [stream, source]) {
    assertEquals(
      (await within(flow.feed("taker.item", given).waitForCompletion())).status,
      "completed",
    );
  }
});

Deno.test("Flow.feed() checks the call", async () => {
  const flow = feeding();
  assertThrows(() => flow.feed("taker.other" as "taker.item", []), UnknownSlotError);
  assertThrows(() => flow.feed("taker.item", [], { jobId: "" }), InvalidOptionError);
  const delayed = { delay: 5 } as object;
  assertThrows(() => flow.feed("taker.item", [], delayed), InvalidOptionError, "delay");
  await flow.close();
  assertThrows(() => flow.feed("taker.item", []), ClosedError);
});

Deno.test("Flow.feed() allows its source to call the flow", async () => {
  await using flow = feeding();
  let ended = 0;
  function* calling(call: () => unknown) {
    try {
      yield flow.start("taker.item", 1).jobId;
      yield flow.feed("taker.item", [2]).jobId;
      call();
      yield 3;
    } finally {
      ended++;
    }
  }
  const source = calling(() => flow.cancel("job"));
  const job = flow.feed("taker.item", source, { jobId: "job" });
  await within(job.waitForCompletion());
  assertEquals([job.status, ended], ["cancelled", 1]);
  const other = flow.feed("taker.item", calling(() => void flow.close()));
  await within(other.waitForCompletion());
  assertEquals([other.status, ended], ["cancelled", 2]);
});

Deno.test("Flow.feed() requests nothing after an item has ended its job", async () => {
  await using flow = feeding();
  const ending = {
    get value() {
      flow.cancel("job");
      return 1;
    },
  };
  const source = new Counted((call) => ({ done: false, value: call < 2 ? call : ending }));
  const job = flow.feed("taker.item", source, { jobId: "job" });
  await within(job.waitForCompletion());
  assertEquals([job.status, source.nexts, source.returns], ["cancelled", 3, 1]);
});

Deno.test("WaitTimeoutError names the feed that its job waits for", async () => {
  await using flow = feeding();
  const job = flow.feed("taker.item", new Counted(never));
  const error = await assertRejects(() => job.waitForCompletion({ timeout: 1 }), WaitTimeoutError);
  assert(error.message.includes("it waits for an item of its feed"), error.message);
});

Deno.test("JobState.toJSON() has the feed", async () => {
  await using flow = feeding();
  const fed = await within(flow.feed("taker.item", [1]).waitForCompletion());
  assertEquals(fed.toJSON().feed, { entry: "taker.item", taken: 1, isOpen: false });
  const started = await within(flow.execute("taker.item", 1));
  assertEquals([started.feed, started.toJSON().feed], [undefined, null]);
});

Deno.test("Flow.feed() goes on with a rerun", async () => {
  await using flow = feeding();
  const job = flow.feed("taker.item", async function* () {
    yield* [0, 1];
    await nextEvent(flow, "activation_completed", ({ activationId }) => activationId === "first/2");
    throw new Error("half way");
  }, { jobId: "first" });
  await within(job.waitForCompletion());
  assertEquals(job.status, "failed");
  const rerun = await flow.rerun(job, { from: "first/2", jobId: "again" });
  assertEquals(rerun.feed, { entry: "taker.item", taken: 2, isOpen: true });
  const fed = flow.feed("taker.item", (taken) => [0, 1, 2, 3].slice(taken), { jobId: "again" });
  assertStrictEquals(fed, rerun);
  await within(fed.waitForCompletion());
  assertEquals([fed.status, takenBy(fed).toSorted()], ["completed", [0, 1, 2, 3]]);
});

Deno.test("JobState.executionHistory has the items of a feed", async () => {
  await using flow = feeding();
  const job = await within(flow.feed("taker.item", ["a"]).waitForCompletion());
  const records = job.executionHistory.map(({ event }) => event);
  assertEquals(records, ["queued", "started", "emitted", "completed"]);
});

Deno.test("Stepping.setBreakpoint() stops a fed job", async () => {
  await using flow = feeding();
  flow.stepping.setBreakpoint("taker");
  const job = flow.feed("taker.item", numbers(3));
  await within(
    new Promise<void>((resolve) => {
      const look = () => flow.stepping.stopped.length > 0 ? resolve() : setTimeout(look);
      look();
    }),
  );
  assertEquals(job.counts.completed, 0);
  flow.stepping.setBreakpoint("taker", false);
  flow.stepping.continue(job);
  assertEquals((await within(job.waitForCompletion())).counts.completed, 3);
});
