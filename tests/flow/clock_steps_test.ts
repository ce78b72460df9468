// The system clock is set while a flow runs: by NTP, by hand, or as a machine wakes up.

import { Flow, type JobState } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertAlmostEquals, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { BOUND, next, sharedPool } from "../failure/pools.ts";
import { flaky, keeper } from "../failure/routines.ts";
import { SystemClock } from "../system_clock.ts";

const pool = sharedPool();

const HOUR = 3_600_000;
/** Tests may be held up; an hour they are not. */
const ABOUT = HOUR / 4;

/** Fails unless no time of a job is before the one in front of it, and all lie about one time. */
function assertOneTimeLine(job: JobState, about: number): void {
  const { createdAt, startedAt = NaN, endedAt = NaN, executionHistory, sharedLog, spans } = job;
  const times = executionHistory.map(({ timestamp }) => timestamp);
  const all = [
    ...[createdAt, startedAt, endedAt, ...times],
    ...spans.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
    ...sharedLog.map(({ timestamp }) => timestamp),
  ];
  for (const time of all) assertAlmostEquals(time, about, ABOUT);
}

for (const ahead of [HOUR, -HOUR]) {
  const way = ahead > 0 ? "forward" : "back";

  Deno.test(`Flow.start() follows a system clock set ${way}`, async () => {
    using clock = new SystemClock();
    await using flow = new Flow({ pool }).add("flaky", flaky);
    const before = await flow.execute("flaky.item", { fails: 0 });
    const from = Date.now();
    assertOneTimeLine(before, from);
    clock.ahead = ahead;
    const job = await flow.execute("flaky.item", { fails: 0 });
    assertOneTimeLine(job, from + ahead);
    const delayed = flow.start("flaky.item", { fails: 0 }, { delay: 20, timeout: HOUR });
    await delayed.waitForCompletion(BOUND);
    assertEquals(delayed.status, "completed");
    assertOneTimeLine(delayed, from + ahead);
  });

  Deno.test(`JobState ignores a system clock set ${way} midway`, async () => {
    using clock = new SystemClock();
    const store = new MemoryStore();
    const onError = { strategy: "retry", delay: 30 } as const;
    const total = { onError, totalTimeout: HOUR / 2, queueTimeout: HOUR / 2 };
    await using flow = new Flow({ pool, store }).add("flaky", flaky, total).add("keeper", keeper);
    const from = Date.now();
    const job = flow.start("flaky.item", { fails: 2 }, { timeout: HOUR / 2 });
    const delayed = flow.start("keeper.item", 1, { delay: 100, timeout: HOUR / 2 });
    await next(flow, "activation_retrying");
    clock.ahead = ahead;
    // A job that starts now makes the flow see it.
    await flow.execute("keeper.item", 0);
    for (const one of [job, delayed]) {
      await one.waitForCompletion(BOUND);
      assertEquals(one.status, "completed");
      assertOneTimeLine(one, from);
      const times = store.read(one.jobId)?.events.map(({ at }) => at) ?? [];
      times.forEach((at, i) => assertGreaterOrEqual(at, times[i - 1] ?? 0));
    }
    assert(job.counts.retries === 2);
  });
}
