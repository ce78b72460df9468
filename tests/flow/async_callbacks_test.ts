// Callbacks of the user may be async: a rejection ends neither the process nor the flow or run.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { HandPool } from "../failure/hand_pool.ts";
import { reporter } from "../pool/routines.ts";
import { collector } from "../routines/basics.ts";

const no = new RangeError("no display");

const rejecting = () => Promise.reject(no);

/** Returns the first value that is written to the console during or after a call. */
async function firstWritten(work: () => Promise<void>): Promise<unknown> {
  const { error: write } = console;
  const written = Promise.withResolvers<unknown>();
  console.error = written.resolve;
  try {
    await work();
    return await written.promise;
  } finally {
    console.error = write;
  }
}

Deno.test("FlowOptions.onStatus may reject without halting the flow", async () => {
  const pool = new HandPool();
  const onStatus = (status: string) => status === "running" ? undefined : rejecting();
  const flow = new Flow({ pool, onStatus }).add("collector", collector);
  const job = flow.start("collector.item", 1);
  // deno-lint-ignore require-await
  assertEquals(await firstWritten(async () => flow.pause()), no);
  flow.resume();
  pool.complete();
  await job.waitForCompletion();
  assertEquals(job.status, "completed");
  assertEquals(await firstWritten(() => flow.close()), no);
});

Deno.test("RunOptions.onProgress may reject without failing the run", async () => {
  const uncaught = Promise.withResolvers<unknown>();
  await using pool = new WorkerPool({
    maxWorkers: 1,
    onUncaught: ({ cause }) => uncaught.resolve(cause),
  });
  const { emits } = await pool.run(reporter, "steps", 1, { onProgress: rejecting });
  assertEquals([emits.length, await uncaught.promise], [1, no]);
});

Deno.test("WorkerPoolOptions.onUncaught may reject without losing its error", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, onUncaught: rejecting });
  const written = await firstWritten(async () => {
    const onProgress = () => {
      throw no;
    };
    await pool.run(reporter, "steps", 1, { onProgress });
  });
  assertInstanceOf(written, Error);
  assertEquals(written.cause, no);
});

Deno.test("RetryStrategy.retryable fails the job if it is async", async () => {
  for (const answer of [() => Promise.resolve(true), rejecting]) {
    const pool = new HandPool();
    const retryable = answer as unknown as () => boolean;
    const onError = { strategy: "retry", delay: 0, retryable } as const;
    const flow = new Flow({ pool, onError }).add("collector", collector);
    const job = flow.start("collector.item", 1);
    pool.fail("first");
    await job.waitForCompletion();
    assertEquals([job.status, job.counts.retries], ["failed", 0]);
    assertEquals(
      job.error?.message,
      "retryable returned a promise; let it return true or false at once",
    );
    await flow.close();
  }
});
