// A flow that is closed while its store fails: `close` ends, and nothing of the flow goes on behind it.

import { Flow, type FlowStatus } from "@millrace/flow";
import { StoreWriteError } from "@millrace/flow/errors";
import type { JobEvent } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { gate } from "../routines/gates.ts";
import { ARRIVED, newLatches, reached } from "../routines/latches.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

/** A store whose disk is full from some event on. */
class FailingStore extends MemoryStore {
  appends = 0;
  failsAt: JobEvent["type"] | "always" | undefined;

  override append(events: readonly JobEvent[]): void {
    this.appends++;
    if (this.failsAt === "always" || events.some(({ type }) => type === this.failsAt)) {
      this.failsAt = "always";
      throw new StoreWriteError("jobs.db", "the disk is full");
    }
    super.append(events);
  }
}

function failing() {
  const store = new FailingStore();
  const statuses: [FlowStatus, string | undefined][] = [];
  const flow = new Flow({
    store,
    pool,
    onStatus: (status, error) => statuses.push([status, error?.name]),
  }).add("gate", gate);
  return { store, flow, statuses };
}

for (const jobs of ["keep", "cancel"] as const) {
  for (const failsAt of ["always", "job_stopping", "job_cancelled", "job_left"] as const) {
    Deno.test(`Flow.close() ends where the store fails (jobs: "${jobs}" at ${failsAt})`, async () => {
      const { store, flow, statuses } = failing();
      const latches = newLatches();
      const job = flow.start("gate.stoppable", { latches });
      const waiting = flow.start("gate.stoppable", { latches }, { delay: 3_600_000 });
      await reached(latches, ARRIVED);
      await flow.flush();
      store.failsAt = failsAt;
      const ends = Promise.allSettled([job, waiting].map((one) => one.waitForCompletion()));
      await flow.close({ jobs });
      const wasReached = (store.failsAt as string) === "always";
      assertEquals(flow.status, "closed");
      if (wasReached) assertEquals(flow.error?.name, "StoreWriteError");
      await ends;
      const { appends } = store;
      // Longer than the longest time between two tries.
      await delay(1_100);
      assertEquals(store.appends, appends);
      assertEquals(statuses.at(-1)?.[0], "closed");
      if (wasReached) {
        assertEquals(statuses.some(([status]) => status === "halted"), true);
      }
    });
  }
}

Deno.test("Flow.events() ends when the pool of the flow is closed", async () => {
  for (const isDurable of [false, true]) {
    const own = new WorkerPool({ maxWorkers: 1 });
    const store = new MemoryStore();
    Object.defineProperty(store, "isDurable", { value: isDurable });
    await using flow = new Flow({ store, pool: own }).add("gate", gate, { queueTimeout: 60_000 });
    const latches = newLatches();
    const job = flow.start("gate.stoppable", { latches });
    await reached(latches, ARRIVED);
    const reading = Array.fromAsync(flow.events());
    const readingOne = Array.fromAsync(flow.events({ jobId: job.jobId }));
    await own.close();
    await Promise.all([reading, readingOne]);
    assertEquals(flow.status, "closed");
    // No time is watched any more: the sanitizers would see the timer.
    if (isDurable) flow.signal(job, "late");
    await Promise.allSettled([job.waitForCompletion()]);
  }
});

Deno.test("Flow.flush() rejects once the flow is closed", async () => {
  const { flow } = failing();
  await flow.close();
  await assertRejects(() => flow.flush());
});
