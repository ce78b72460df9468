// Options as programs without types give them, from files, forms and the environment: every public call
// refuses what is of the wrong type, and every name that it does not know.

import { defineRoutine, Flow, slot } from "@millrace/flow";
import { InvalidOptionError, UnknownJobError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { clerk } from "../failure/routines.ts";
import { collector, emitter } from "../routines/basics.ts";
import { type LooseFlow, looseFlow } from "./loose_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** A call with options, which must come to nothing if they are refused. */
type Call = (options: unknown) => unknown;

/** The flow that calls are made on, with one job that has not ended. */
interface Subject extends AsyncDisposable {
  readonly calls: Readonly<Record<string, Call>>;
}

function subject(): Subject {
  const flow = looseFlow({ pool }).add("sink", collector).add("emitter", emitter) as
    & LooseFlow
    & Flow;
  flow.pause();
  const job = flow.start("sink.item", 1, { jobId: "job" });
  const store = new MemoryStore();
  const loosePool = pool as unknown as {
    run(routine: unknown, slot: string, payload: unknown, options: unknown): Promise<unknown>;
  };
  const calls: Record<string, Call> = {
    "Flow": (options) => looseFlow(options),
    "WorkerPool": (options) => new WorkerPool(options as object),
    "MemoryStore": (options) => new MemoryStore(options as object),
    "SqliteStore": (options) => new SqliteStore(`${Deno.cwd()}/no/such/folder`, options as object),
    "MemoryStore.jobs()": (options) => store.jobs(options as object),
    "Flow.add()": (options) => looseFlow().add("late", collector, options as object),
    "Flow.connect()": (options) =>
      looseFlow().connect("emitter.left", "sink.left", options as never),
    "Flow.validate()": (options) => flow.validate(options as object),
    "Flow.start()": (options) => flow.start("sink.item", 1, options),
    "Flow.execute()": (options) => flow.execute("sink.item", 1, options),
    "Flow.recover()": (options) => flow.recover(options as object),
    "Flow.rerun()": (options) => flow.rerun("job", options as never),
    "Flow.withdraw()": (options) => flow.withdraw("job", options as object),
    "Flow.events()": (options) => flow.events(options),
    "Flow.close()": (options) => flow.close(options as object),
    "JobState.waitForCompletion()": (options) => job.waitForCompletion(options as object),
    "WorkerPool.run()": (options) => loosePool.run(collector, "item", 1, options),
    "defineRoutine()": (options) => defineRoutine(import.meta, options as never),
  };
  return { calls, [Symbol.asyncDispose]: () => flow.close() };
}

/** The error that a call throws, or rejects with. */
async function refusal(call: () => unknown, what: string): Promise<InvalidOptionError> {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  assertInstanceOf(error, InvalidOptionError, what);
  return error;
}

const NO_NUMBERS = ["700", null, new Date(), [700], true, NaN, -1, Object(700), 700n, {}];
const NO_TEXTS = [5, null, new Date(), ["a"], true, Object("a"), {}];
const NO_IDS = [...NO_TEXTS, "", "a\nb", "\u001b[2J", "\u009b", "a\0"];
const NO_FLAGS = ["false", 0, null, "yes"];
const NO_FIELDS = [null, 5, "a", ["a"]];
const NO_SIGNALS = [null, true, new AbortController(), 1_000];
const NO_NAMES = ["", "none", null, 1, true];
const NO_LISTS = [null, new ArrayBuffer(1), "a", {}];
const NO_STRATEGIES = [null, "retry", {}, { strategy: "ignore" }, 1, ["skip"]];
const NO_FUNCTIONS = [null, "console.error", {}];

const POLICY = {
  onError: NO_STRATEGIES,
  onErrorOf: NO_FIELDS,
  queueTimeout: NO_NUMBERS,
  runTimeout: NO_NUMBERS,
  totalTimeout: NO_NUMBERS,
};
const START = {
  jobId: NO_IDS,
  delay: NO_NUMBERS,
  timeout: NO_NUMBERS,
  signal: NO_SIGNALS,
  transfer: NO_LISTS,
};

/** The values that each option of each call refuses. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  "Flow": {
    ...POLICY,
    id: NO_IDS.filter((id) => id !== null),
    executionStrategy: NO_NAMES,
    maxWorkers: [...NO_NUMBERS, 0, 1.5, Infinity],
    concurrency: [...NO_NUMBERS, 0, 1.5, Infinity],
    pool: [null, {}, "pool", 2],
    store: [null, {}, "jobs.db", new URL("file:///jobs.db")],
    maxCrashes: [...NO_NUMBERS, 0],
    highWaterMark: [...NO_NUMBERS.slice(0, -1), 0, { activations: 0 }, { bytes: "5" }, {
      bites: 5,
    }],
    maxQueuedPerJob: [...NO_NUMBERS, 0],
    maxQueued: [...NO_NUMBERS, 0],
    checkPayloads: NO_FLAGS,
  },
  "WorkerPool": {
    maxWorkers: [...NO_NUMBERS, 0, Infinity],
    concurrency: [...NO_NUMBERS, 0],
    idleTimeout: NO_NUMBERS,
    grace: NO_NUMBERS,
    loadTimeout: NO_NUMBERS,
    maxLost: [...NO_NUMBERS, 0],
    maxActivations: [...NO_NUMBERS, 0],
    maxQueue: [...NO_NUMBERS, 0],
    onUncaught: NO_FUNCTIONS,
  },
  "MemoryStore": { retention: NO_FIELDS },
  "SqliteStore": { retention: NO_FIELDS, readOnly: NO_FLAGS, synchronous: NO_NAMES },
  "MemoryStore.jobs()": {
    flowId: NO_TEXTS,
    status: NO_NAMES.concat([["completed", "done"] as never]),
    since: NO_NUMBERS.filter((value) => value !== -1),
    limit: [...NO_NUMBERS, 1.5],
  },
  "Flow.add()": { ...POLICY, critical: NO_FLAGS, optional: NO_FLAGS, config: NO_FIELDS },
  "Flow.connect()": { map: NO_FIELDS },
  "Flow.validate()": { entries: [...NO_LISTS, [5]] },
  "Flow.start()": START,
  "Flow.execute()": { ...START, whenFull: NO_NAMES },
  "Flow.recover()": { changed: NO_NAMES },
  "Flow.rerun()": {
    from: [...NO_TEXTS, undefined],
    jobId: NO_IDS,
    timeout: NO_NUMBERS,
    signal: NO_SIGNALS,
  },
  "Flow.withdraw()": { waitId: NO_TEXTS, signal: NO_TEXTS, reason: NO_TEXTS },
  "Flow.events()": {
    jobId: NO_TEXTS,
    after: NO_NUMBERS,
    signal: NO_SIGNALS,
    maxUnread: [...NO_NUMBERS, 0],
    whenFull: NO_NAMES,
    maxWait: NO_NUMBERS,
  },
  "Flow.close()": { jobs: NO_NAMES },
  "JobState.waitForCompletion()": { timeout: NO_NUMBERS, signal: NO_SIGNALS },
  "WorkerPool.run()": {
    config: NO_FIELDS,
    signal: NO_SIGNALS,
    timeout: NO_NUMBERS,
    transfer: NO_LISTS,
    onProgress: NO_FUNCTIONS,
  },
};

for (const [name, options] of Object.entries(REFUSED)) {
  Deno.test(`${name} refuses options of the wrong type`, async () => {
    await using refusing = subject();
    const call = refusing.calls[name];
    assert(call !== undefined);
    for (const [option, values] of Object.entries(options)) {
      for (const value of values) {
        const what = `${option}: ${Deno.inspect(value)}`;
        const error = await refusal(() => call({ [option]: value }), what);
        assert(error.option === option || error.option.startsWith(`${option}.`), what);
      }
    }
    for (const value of [null, 5, "fast", [1]]) {
      assertEquals(
        (await refusal(() => call(value), Deno.inspect(value))).name,
        "InvalidOptionError",
      );
    }
  });
}

const MISTYPED: Readonly<Record<string, readonly [wrong: string, right: string]>> = {
  "Flow": ["maxWorker", "maxWorkers"],
  "WorkerPool": ["idleTimout", "idleTimeout"],
  "MemoryStore": ["retentions", "retention"],
  "SqliteStore": ["readonly", "readOnly"],
  "MemoryStore.jobs()": ["flowID", "flowId"],
  "Flow.add()": ["onErrors", "onError"],
  "Flow.connect()": ["maps", "map"],
  "Flow.validate()": ["entry", "entries"],
  "Flow.start()": ["jobID", "jobId"],
  "Flow.execute()": ["whenfull", "whenFull"],
  "Flow.recover()": ["change", "changed"],
  "Flow.rerun()": ["form", "from"],
  "Flow.withdraw()": ["waitID", "waitId"],
  "Flow.events()": ["job", "jobId"],
  "Flow.close()": ["job", "jobs"],
  "JobState.waitForCompletion()": ["timeOut", "timeout"],
  "WorkerPool.run()": ["timeoutMs", "timeout"],
  "defineRoutine()": ["slot", "slots"],
};

for (const [name, [wrong, right]] of Object.entries(MISTYPED)) {
  Deno.test(`${name} suggests a name for an unknown option`, async () => {
    await using refusing = subject();
    const error = await refusal(() => refusing.calls[name]?.({ [wrong]: 1 }), wrong);
    assertEquals(error.option, wrong);
    assertStringIncludes(error.message, `"${wrong}"; write "${right}"`);
  });
}

Deno.test("InvalidOptionError.option names the path of nested options", async () => {
  const retry = (fields: object) => ({ onError: { strategy: "retry", ...fields } });
  const skip = (fallback: unknown) => ({ onError: { strategy: "skip", fallback } });
  const WITHIN: readonly (readonly [option: string, call: () => unknown])[] = [
    ...["delay", "maxDelay", "maxRetries", "backoff", "jitter"].flatMap((option) =>
      NO_NUMBERS.map((value) =>
        [`onError.${option}`, () => looseFlow(retry({ [option]: value }))] as const
      )
    ),
    ["onError.maxRetry", () => looseFlow(retry({ maxRetry: 3 }))],
    ["onError.delay", () => looseFlow({ onError: { strategy: "skip", delay: 3 } })],
    ["onError.fallback", () => looseFlow(skip("output"))],
    ["onError.fallback.event", () => looseFlow(skip({}))],
    ["onError.fallback.event", () => looseFlow(skip({ event: 5 }))],
    ["onError.fallback.value", () => looseFlow(skip({ event: "output", value: 1 }))],
    ["onError.then.fallbak", () => looseFlow(retry({ then: { strategy: "skip", fallbak: {} } }))],
    ["onError.retryable", () => looseFlow(retry({ retryable: "TypeError" }))],
    ["onError.retryable[1]", () => looseFlow(retry({ retryable: ["TypeError", TypeError] }))],
    [
      "onErrorOf.TypeError.delay",
      () => looseFlow({ onErrorOf: { TypeError: { strategy: "retry", delay: "1" } } }),
    ],
    ...["activations", "bytes"].flatMap((field) =>
      [...NO_NUMBERS, 0, 1.5].map((value) =>
        [`highWaterMark.${field}`, () => looseFlow({ highWaterMark: { [field]: value } })] as const
      )
    ),
    ["highWaterMark.byte", () => looseFlow({ highWaterMark: { byte: 1 } })],
    ["retention.age", () => new MemoryStore({ retention: { age: "1d" as never } })],
    ["retention.jobs", () => new MemoryStore({ retention: { jobs: null as never } })],
    ["retention.days", () => new MemoryStore({ retention: { days: 1 } as never })],
    ["map.a", () => looseFlow().connect("a.b", "c.d", { map: { a: 5 } })],
  ];
  for (const [option, call] of WITHIN) {
    assertEquals((await refusal(call, option)).option, option);
  }
});

Deno.test("InvalidOptionError reports ids that are not strings", async () => {
  await using flow = looseFlow({ pool }).add("sink", collector) as LooseFlow & Flow;
  flow.pause();
  flow.start("sink.item", 1, { jobId: "job" });
  const store = new MemoryStore();
  for (const value of [null, 5, new Date(), { jobId: 5 }, ["job"]]) {
    const CALLS: readonly (readonly [option: string, call: () => unknown])[] = [
      ["job", () => flow.pause(value as never)],
      ["job", () => flow.resume(value as never)],
      ["job", () => flow.cancel(value as never)],
      ["job", () => flow.cancelActivation(value as never, "job/1")],
      ["job", () => flow.signal(value as never, "go")],
      ["job", () => flow.rerun(value as never, { from: "job/1" })],
      ["jobId", () => flow.job(value as never)],
      ["jobId", () => store.read(value as never)],
      ["activationId", () => flow.cancelActivation("job", value as never)],
      ["signal", () => flow.signal("job", value as never)],
      ["entry", () => flow.start(value as never, 1)],
      ["entry", () => flow.execute(value as never, 1)],
      ["after", () => store.read("job", value === 5 ? NaN : value as never)],
      ["file", () => new SqliteStore(value as never)],
    ];
    for (const [option, call] of CALLS) {
      const what = `${option}: ${Deno.inspect(value)}`;
      assertEquals((await refusal(call, what)).option, option, what);
    }
  }
  const unstarted = looseFlow({ pool });
  for (const value of [null, 5, new Date()]) {
    for (
      const call of [
        () => unstarted.add(value, collector),
        () => unstarted.connect(value, "sink.item"),
        () => unstarted.connect("sink.item", value),
      ]
    ) assertEquals((await refusal(call, "wiring")).name, "InvalidOptionError");
  }
  await unstarted.close();
});

Deno.test("InvalidOptionError reports control characters in ids", async () => {
  const wrong = "a\u001b[31mb";
  const names = { slots: { [wrong]: slot<void>() }, handlers: { [wrong]() {} } };
  await using flow = looseFlow({ pool }).add("sink", collector) as LooseFlow & Flow;
  flow.pause();
  flow.start("sink.item", 1, { jobId: "job" });
  const CALLS: readonly (() => unknown)[] = [
    () => looseFlow({ id: wrong }),
    () => looseFlow().add(wrong, collector),
    () => flow.start("sink.item", 1, { jobId: wrong }),
    () => flow.execute("sink.item", 1, { jobId: wrong }),
    () => flow.rerun("job", { from: "job/1", jobId: wrong }),
    () => flow.signal("job", wrong),
    () => defineRoutine(import.meta, names),
  ];
  for (const call of CALLS) {
    const { message } = await refusal(call, call.toString());
    assertEquals(message.includes("\u001b"), false, message);
  }
});

Deno.test("Flow.job() accepts an id with control characters", () => {
  const flow = new Flow({ pool });
  assertEquals(flow.job("a\nb"), undefined);
  try {
    flow.cancel("a\nb");
  } catch (error) {
    assertInstanceOf(error, UnknownJobError);
  }
});

Deno.test("Flow.close() leaves the flow open when refused", async () => {
  const flow = looseFlow({ pool }).add("sink", collector) as LooseFlow & Flow;
  await refusal(() => flow.close({ jobs: "drop" as never }), "jobs");
  assertEquals((await flow.execute("sink.item", 1)).status, "completed");
  await flow.close();
});

Deno.test("Flow.start() leaves no job when refused", async () => {
  await using flow = looseFlow({ pool }).add("sink", collector);
  for (const options of [{ delay: "1" }, { jobID: "a" }, { timeout: null }, { signal: 5 }]) {
    await refusal(() => flow.start("sink.item", 1, options), "start");
    await refusal(() => flow.execute("sink.item", 1, options), "execute");
  }
  assertEquals(flow.jobs.size, 0);
});

Deno.test("ctx.waitFor() fails a job with InvalidOptionError", async () => {
  await using flow = looseFlow({ pool }).add("clerk", clerk);
  for (const timeout of ["5", null, NaN]) {
    const { error, status } = await flow.execute("clerk.ask", timeout);
    assertInstanceOf(error, InvalidOptionError, Deno.inspect(timeout));
    assertEquals([status, error.option], ["failed", "timeout"]);
  }
});
