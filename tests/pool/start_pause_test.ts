// Workers that do not start while others serve.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { WorkerStartError } from "@millrace/flow/errors";
import { type ChannelEvents, type WorkerChannel, WorkerPool } from "@millrace/flow/pool";
import { encodeMessage, PROTOCOL } from "../../src/wire/channel_messages.ts";
import type { Report } from "../../src/wire/messages.ts";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { sinner } from "./process_routines.ts";
import { threadsWith } from "./thread_channel.ts";
import { until } from "./until.ts";

const READY = encodeMessage({ type: "ready", at: 1, protocol: PROTOCOL });

/** Returns a message with a single report, the first of its worker. */
function itemOf(report: Report): Uint8Array {
  return encodeMessage({ type: "items", items: [0, report], ends: [] });
}

const FAILING = {
  "at once": () => {
    throw new Error("no more processes");
  },
  later: (_: string, { ended }: ChannelEvents) => {
    setTimeout(() => ended("no more processes"));
    return { send() {}, close() {} };
  },
};

for (const [when, failing] of Object.entries(FAILING)) {
  Deno.test(`WorkerPool pauses after a start that fails ${when} while a worker serves`, async () => {
    let starts = 0;
    const startOne = threadsWith();
    const startWorker = (id: string, events: ChannelEvents) =>
      ++starts === 1 ? startOne(id, events) : failing(id, events);
    const pool = new WorkerPool({ startWorker, maxWorkers: 2 });
    await pool.run(sinner, "value", 1);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = pool.run(sinner, "waits", undefined, { signal }).catch(() => {});
    const behind = pool.run(sinner, "value", 2);
    // The first pauses take 100 and 200 ms.
    await until(() => starts >= 4);
    controller.abort();
    await Promise.all([waiting, behind]);
    assert(starts < 50, `${starts} starts`);
    await pool.close();
    assertEquals(pool.stats(), NO_WORKERS);
  });
}

Deno.test("WorkerPool fails tasks at once if no worker starts and none serves", async () => {
  let starts = 0;
  const startWorker = () => {
    starts++;
    throw new Error("no such host");
  };
  await using pool = new WorkerPool({ startWorker, maxWorkers: 1 });
  const runs = Array.from({ length: 10 }, () => pool.run(sinner, "pid"));
  const results = await Promise.allSettled(runs);
  assertEquals([results.every(({ status }) => status === "rejected"), starts], [true, 10]);
});

Deno.test("WorkerPool starts workers again after the pause", async () => {
  let starts = 0;
  const start = threadsWith();
  const startWorker = (id: string, events: ChannelEvents) =>
    ++starts === 2 ? FAILING.later(id, events) : start(id, events);
  await using pool = new WorkerPool({ startWorker, maxWorkers: 2 });
  await pool.run(sinner, "value", 1);
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = pool.run(sinner, "waits", undefined, { signal }).catch(() => {});
  await pool.run(sinner, "value", 2);
  assertEquals(starts, 3);
  controller.abort();
  await waiting;
});

Deno.test("WorkerPool.load() waits for the end of a pause", async () => {
  let starts = 0;
  const start = threadsWith();
  const startWorker = (id: string, events: ChannelEvents) =>
    ++starts === 2 ? FAILING.later(id, events) : start(id, events);
  await using pool = new WorkerPool({ startWorker, maxWorkers: 2 });
  await pool.run(sinner, "value", 1);
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = pool.run(sinner, "waits", undefined, { signal }).catch(() => {});
  const last = pool.run(sinner, "value", 2, { signal }).catch(() => {});
  await until(() => starts === 2 && pool.stats().live === 1);
  controller.abort();
  await Promise.all([waiting, last]);
  const binding = { routine: sinner, config: {}, flowId: "", routineId: "" };
  assertEquals(await pool.load([binding], 2), []);
  assertEquals([pool.stats().ready, starts], [2, 3]);
});

Deno.test("WorkerPool fails a task for each worker that fails as soon as it is ready", async () => {
  const FAULTS: Record<string, (events: ChannelEvents) => WorkerChannel> = {
    "cannot be sent to": () => ({
      send() {
        throw new Error("broken pipe");
      },
      close() {},
    }),
    "sends what cannot be read": ({ message }) => ({
      send: () => message(new Uint8Array([1])),
      close() {},
    }),
    ends: ({ ended }) => ({ send: () => ended("broken pipe"), close() {} }),
    "calls Deno.exit": ({ message }) => ({
      send: () => message(itemOf({ type: "leaving", call: "Deno.exit(1)", owner: "ended" })),
      close() {},
    }),
    "has an uncaught error": ({ message }) => ({
      send: () => {
        const error = { name: "Error", message: "no licence" };
        message(itemOf({ type: "uncaught", owner: "unknown", error, at: Date.now() }));
      },
      close() {},
    }),
    "reports the end of no task": ({ message }) => ({
      send: () => message(encodeMessage({ type: "items", items: [0, 5], ends: [[1, 2, 1]] })),
      close() {},
    }),
    "leaves out reports": ({ message }) => ({
      send: () => message(encodeMessage({ type: "items", items: [7, 5], ends: [[1, 2, 1]] })),
      close() {},
    }),
    "hears nothing": () => ({ send() {}, close() {} }),
  };
  for (const [name, fault] of Object.entries(FAULTS)) {
    let starts = 0;
    const startWorker = (_: string, events: ChannelEvents) => {
      starts++;
      const channel = fault(events);
      events.message(READY);
      return { ...channel, close: () => events.ended("") };
    };
    await using pool = new WorkerPool({ startWorker, maxWorkers: 1, loadTimeout: 50 });
    const runs = Array.from({ length: 5 }, () => pool.run(sinner, "pid"));
    for (const run of runs) await assertRejects(() => run, WorkerStartError, "did not start", name);
    // The first of them may have been lost by chance.
    assertEquals(starts, 6, name);
  }
});

Deno.test("WorkerPool fails isolated tasks if no worker starts any more", async () => {
  let starts = 0;
  const first = Promise.withResolvers<ChannelEvents>();
  const start = threadsWith();
  const startWorker = (id: string, events: ChannelEvents) => {
    if (++starts > 1) throw new Error("the host is down");
    first.resolve(events);
    return start(id, events);
  };
  await using pool = new WorkerPool({ startWorker, maxWorkers: 1, concurrency: 2 });
  const begun = Promise.withResolvers<void>();
  let count = 0;
  const onProgress = () => {
    if (++count === 2) begun.resolve();
  };
  const runs = [1, 2].map(() => pool.run(sinner, "waits", undefined, { onProgress }));
  await begun.promise;
  const { ended } = await first.promise;
  ended("the connection was reset");
  for (const run of runs) await assertRejects(() => run, WorkerStartError, "the host is down");
  assertEquals(starts, 3);
});

Deno.test("WorkerPool replaces a worker that is lost before it has done anything", async () => {
  let starts = 0;
  const start = threadsWith();
  const startWorker = (id: string, events: ChannelEvents) => {
    const channel = start(id, events);
    if (++starts > 1) return channel;
    // It is lost as it is asked whether it is there.
    let sent = 0;
    return {
      send(message: Uint8Array) {
        if (++sent > 1) events.ended("the connection was reset");
        else channel.send(message);
      },
      close: () => channel.close(),
    };
  };
  await using pool = new WorkerPool({ startWorker, maxWorkers: 1 });
  const { emits } = await pool.run(sinner, "value", 1);
  assertEquals([emits[0]?.payload, starts], [1, 2]);
});
