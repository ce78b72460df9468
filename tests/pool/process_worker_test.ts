// Workers of another kind than Web Workers: processes, over whose channel all that a pool promises holds.

import { Flow } from "@millrace/flow";
import {
  ActivationTimeoutError,
  ModuleLoadError,
  UncloneableValueError,
  WorkerLostError,
  WorkerStartError,
} from "@millrace/flow/errors";
import { type ChannelEvents, WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { encodeMessage, PROTOCOL } from "../../src/wire/channel_messages.ts";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { logged } from "../flow/logged.ts";
import { nextEvent } from "../flow/next_event.ts";
import { routine as throwing } from "./modules/throws_in_process.ts";
import { adder, asker, dealer, sinner } from "./process_routines.ts";
import { processes, startProcess } from "./process_worker.ts";
import { bind } from "./tasks.ts";
import { threadsWith } from "./thread_channel.ts";
import { until } from "./until.ts";

/** Uses a pool of processes, and sees that none is left of them. */
async function withPool(
  options: WorkerPoolOptions,
  use: (pool: WorkerPool) => Promise<void>,
): Promise<void> {
  const pool = new WorkerPool({ startWorker: startProcess, maxWorkers: 2, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
  await until(() => pool.stats().lost === 0);
  assertEquals([pool.stats(), processes.size], [NO_WORKERS, 0]);
}

function valueOf({ emits }: { readonly emits: readonly { readonly payload: unknown }[] }): unknown {
  return emits[0]?.payload;
}

Deno.test("WorkerPoolOptions.startWorker lets processes execute a flow", async () => {
  await withPool({}, async (pool) => {
    await using flow = new Flow({ pool })
      .add("dealer", dealer)
      .add("adder", adder, { onError: { strategy: "retry", maxRetries: 1, delay: 0 } })
      .add("sums", adder)
      .connect("dealer.item", "adder.item")
      .connect("dealer.bytes", "adder.bytes");
    const before = Date.now();
    const job = await flow.execute("dealer.deal", 20);
    const after = Date.now() + 1;
    assertEquals([job.status, job.sharedData], ["completed", {
      sum: 210,
      bytes: Uint8Array.of(1, 2, 3),
    }]);
    const entries = logged(job) as { item: number; attempt: number }[];
    assertEquals(entries.map(({ item }) => item).sort((a, b) => a - b)[19], 20);
    assertEquals(entries.filter(({ attempt }) => attempt > 1), [{ item: 3, attempt: 2 }]);
    assertEquals(job.routineStates["dealer"], { dealt: 20 });
    for (const { startedAt, endedAt } of job.spans) {
      assert(before <= startedAt && startedAt <= endedAt && endedAt <= after);
    }
  });
});

Deno.test("Flow.signal() reaches an activation in a process", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    await using flow = new Flow({ pool }).add("asker", asker);
    const job = flow.start("asker.ask");
    await nextEvent(flow, "activation_completed");
    flow.signal(job, "approved", { by: "somebody" });
    await job.waitForCompletion();
    assertEquals(job.sharedData, { answer: { by: "somebody" } });
  });
});

Deno.test("WorkerPool.run() reports progress and aborts in a process", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    const controller = new AbortController();
    const reason = new RangeError("enough", { cause: new Blob(["no data"]) });
    const run = pool.run(sinner, "waits", undefined, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    assertEquals(await assertRejects(() => run), reason);
    assert(processes.size === 1 && await pool.run(sinner, "pid"));
  });
});

Deno.test("WorkerPool.run() rejects with the error of a handler in a process", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    await assertRejects(() => pool.run(sinner, "throws"), RangeError, "thrown");
    assertEquals(processes.size, 1);
  });
});

for (const [slot, call] of [["exits", "Deno.exit(3)"], ["closes", "self.close()"]] as const) {
  Deno.test(`WorkerLostError names a call of ${call} that ends a process`, async () => {
    await withPool({ maxWorkers: 1 }, async (pool) => {
      const error = await assertRejects(() => pool.run(sinner, slot), WorkerLostError);
      assert(error.message.includes(`a routine called ${call}`), error.message);
      await pool.run(sinner, "pid");
    });
  });
}

Deno.test("RoutinePolicy.runTimeout kills a process that loops forever", async () => {
  await withPool({ grace: 50 }, async (pool) => {
    await using flow = new Flow({ pool }).add("sinner", sinner, { runTimeout: 200 });
    const job = await flow.execute("sinner.spins");
    assertInstanceOf(job.error, ActivationTimeoutError);
    await until(() => processes.size === 0);
    assertEquals(pool.stats(), NO_WORKERS);
    await pool.run(sinner, "pid");
  });
});

Deno.test("WorkerPool executes an activation of a killed process by its policy", async () => {
  await withPool({}, async (pool) => {
    await using flow = new Flow({ pool }).add("sinner", sinner, {
      onError: { strategy: "retry", maxRetries: 1, delay: 0 },
    });
    const job = flow.start("sinner.dies", { attempts: 1 });
    const pid = await progressOf(flow);
    Deno.kill(pid, "SIGKILL");
    await job.waitForCompletion();
    assertEquals([job.status, job.counts.retries], ["completed", 1]);
    assert(logged(job).length === 1 && logged(job)[0] !== pid);
  });
});

Deno.test("WorkerPool re-executes the activations of a killed process, each alone", async () => {
  await withPool({ maxWorkers: 1, concurrency: 3 }, async (pool) => {
    const pid = valueOf(await pool.run(sinner, "pid")) as number;
    const runs = [1, 2].map(() => {
      const progressed = Promise.withResolvers<void>();
      const again = Promise.withResolvers<number>();
      const controller = new AbortController();
      const onProgress = (at: unknown) => {
        if (at === pid) return progressed.resolve();
        again.resolve(at as number);
        controller.abort(new Error("twice is enough"));
      };
      const { signal } = controller;
      const run = pool.run(sinner, "waits", undefined, { signal, onProgress });
      return { run, progressed: progressed.promise, again: again.promise };
    });
    await Promise.all(runs.map(({ progressed }) => progressed));
    Deno.kill(pid, "SIGKILL");
    await Promise.all(
      runs.map(({ run }) => assertRejects(() => run, Error, "twice is enough")),
    );
    const pids = await Promise.all(runs.map(({ again }) => again));
    assertEquals(new Set([pid, ...pids]).size, 3);
  });
});

Deno.test("UncloneableValueError refuses values that cannot be sent to a process", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    const pid = valueOf(await pool.run(sinner, "pid"));
    for (const value of [new Blob(["data"]), new SharedArrayBuffer(4)]) {
      const error = await assertRejects(
        () => pool.run(sinner, "value", { value }),
        UncloneableValueError,
      );
      assertMatch(
        error.message,
        /cannot be sent to worker w1: .*an instance of \w+ cannot leave the process; send/,
      );
    }
    const bytes = new ArrayBuffer(4);
    const error = await assertRejects(
      () => pool.run(sinner, "value", bytes, { transfer: [bytes] }),
      UncloneableValueError,
    );
    assertMatch(error.message, /nothing can be moved to or from a worker in another process/);
    for (const what of ["Blob", "SharedArrayBuffer", "transfer"] as const) {
      await assertRejects(() => pool.run(sinner, "emits", what), Error, "process");
    }
    assertEquals(valueOf(await pool.run(sinner, "pid")), pid);
  });
});

Deno.test("WorkerPool carries values to a process and back as they are", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const values = [
      new Map<unknown, unknown>([[1, new Set(["a"])], ["b", new Date(0)]]),
      { big: 10n, nothing: undefined, none: null, nan: NaN, zero: -0, pattern: /a+/g },
      [bytes, new DataView(bytes.buffer, 1, 2), bytes.subarray(1)],
      new TypeError("an error", { cause: "of it" }),
    ];
    const runs = values.map((value) => pool.run(sinner, "value", value));
    assertEquals((await Promise.all(runs)).map(valueOf), values);
  });
});

Deno.test("WorkerPoolOptions.concurrency interleaves activations in one process", async () => {
  await withPool({ maxWorkers: 1, concurrency: 8 }, async (pool) => {
    const runs = Array.from({ length: 8 }, () => pool.run(sinner, "meets", 8));
    const pids = (await Promise.all(runs)).map(valueOf);
    assertEquals(new Set(pids).size, 1);
  });
});

Deno.test("WorkerPool replaces a process that something left behind blocks", async () => {
  await withPool({ maxWorkers: 1, loadTimeout: 5_000 }, async (pool) => {
    const path = await Deno.makeTempFile();
    const blocked = valueOf(await pool.run(sinner, "leavesLoop", path));
    await until(() => isRemoved(path));
    const pids = await Promise.all([1, 2, 3].map(() => pool.run(sinner, "pid")));
    assert(pids.every((pid) => valueOf(pid) !== blocked));
  });
});

Deno.test("WorkerPool executes each run of processes that have uncaught errors", async () => {
  const onUncaught = () => {};
  await withPool({ maxWorkers: 2, concurrency: 6, onUncaught }, async (pool) => {
    const runs = Array.from(
      { length: 60 },
      (_, i) => pool.run(sinner, i % 10 === 0 ? "leavesThrow" : "pid"),
    );
    const pids = (await Promise.all(runs)).map(valueOf);
    assert(pids.every((pid) => typeof pid === "number"));
  });
});

Deno.test("ModuleLoadError reports a module that does not load in a process", async () => {
  await withPool({ maxWorkers: 1 }, async (pool) => {
    const errors = await Promise.all(
      [1, 2, 3].map(() => assertRejects(() => pool.run(throwing, "go"), ModuleLoadError)),
    );
    assertEquals(errors.length, 3);
    await pool.run(sinner, "pid");
  });
});

Deno.test("WorkerStartError reports a worker of another kind that does not start", async () => {
  const startWorker = () => {
    throw new RangeError("no such host");
  };
  await using pool = new WorkerPool({ startWorker, maxWorkers: 1 });
  const error = await assertRejects(() => pool.run(sinner, "pid"), WorkerStartError);
  assertMatch(error.message, /did not start: RangeError: no such host; see what the `startWorker`/);
});

Deno.test("ChannelEvents.ended() gives the reason of a worker that does not start", async () => {
  const startWorker = (_: string, { ended }: ChannelEvents) => {
    setTimeout(() => ended("its host is down"));
    return { send() {}, close() {} };
  };
  await using pool = new WorkerPool({ startWorker, maxWorkers: 1 });
  await assertRejects(() => pool.run(sinner, "pid"), WorkerStartError, "its host is down");
});

const FAILING_SENDS = [
  () => {
    throw new RangeError("not connected");
  },
  () => Promise.reject(new RangeError("not connected")),
];

Deno.test("WorkerChannel.send() that fails loses its worker", async () => {
  for (const send of FAILING_SENDS) {
    const lost = new Set<string>();
    const start = threadsWith();
    const startWorker = (id: string, events: ChannelEvents) => {
      const channel = start(id, events);
      return {
        send: (bytes: Uint8Array) => lost.has(id) ? send() : channel.send(bytes),
        close: () => channel.close(),
      };
    };
    await using pool = new WorkerPool({ startWorker, maxWorkers: 1 });
    await pool.run(sinner, "value", 1);
    lost.add("w1");
    assertEquals(await pool.load([bind(sinner)], 1), []);
    lost.add("w2").add("w3");
    const errors = await pool.load([bind(sinner)], 1);
    assertMatch(String(errors), /worker w3 did not start: RangeError: not connected/);
    await pool.run(sinner, "value", 1);
  }
});

Deno.test("WorkerChannel.send() that always fails starts no worker", async () => {
  for (const send of FAILING_SENDS) {
    const startWorker = (_: string, { message, ended }: ChannelEvents) => {
      setTimeout(() => message(READY));
      return { send, close: () => void setTimeout(() => ended("")) };
    };
    await using pool = new WorkerPool({ startWorker, maxWorkers: 1, idleTimeout: 0 });
    const [error] = await pool.load([bind(sinner)], 1);
    assertMatch(String(error), /worker w\d+ did not start: RangeError: not connected/);
  }
});

Deno.test("WorkerChannel.close() that is ignored counts the worker as lost", async () => {
  const closed = Promise.withResolvers<() => void>();
  const startWorker = (_: string, { message, ended }: ChannelEvents) => {
    setTimeout(() => message(Uint8Array.of(1, 2, 3)));
    return { send() {}, close: () => closed.resolve(() => ended("")) };
  };
  const pool = new WorkerPool({ startWorker, maxWorkers: 1 });
  await assertRejects(
    () => pool.run(sinner, "pid"),
    WorkerStartError,
    "it sent what cannot be read",
  );
  await pool.close();
  assertEquals(pool.stats(), { ...NO_WORKERS, lost: 1 });
  (await closed.promise)();
  assertEquals(pool.stats(), NO_WORKERS);
});

/** The first message of a worker. */
const READY = encodeMessage({ type: "ready", at: 0, protocol: PROTOCOL });

/** The next progress of an activation of a flow. */
async function progressOf(flow: Flow): Promise<number> {
  const { data } = await nextEvent(flow, "activation_progressed");
  return data as number;
}

function isRemoved(path: string): boolean {
  try {
    Deno.statSync(path);
    return false;
  } catch {
    return true;
  }
}
