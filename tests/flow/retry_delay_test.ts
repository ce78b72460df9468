// The delay of a retry that depends on its error.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow, type JobState } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import type { RetryStrategy } from "../../src/graph/policy.ts";
import { limitedByServer } from "../routines/onward.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("RetryStrategy.delay as a function is given the error and the attempt", async () => {
  const asked: unknown[] = [];
  const delay = (error: Error, attempt: number) => {
    asked.push([error instanceof Error, error.message, Reflect.get(error, "retryAfter"), attempt]);
    return 1;
  };
  const job = await run({ strategy: "retry", delay }, 60_000);
  assertEquals(asked, [[true, "429", 60_000, 1]]);
  assertEquals([job.status, job.counts.retries], ["completed", 1]);
  assertEquals(delaysOf(job), [1]);
});

Deno.test("RetryStrategy.delay that fails is reported, with the error that was to be retried", async () => {
  const failures: [() => unknown, string][] = [
    [() => NaN, "delay returned NaN"],
    [() => -1, "delay returned -1"],
    [() => "1", "delay returned 1"],
    [() => Promise.reject(new Error("late")), "delay returned a promise"],
    [() => {
      throw new RangeError("mine");
    }, "mine"],
  ];
  for (const [delay, message] of failures) {
    const job = await run({ strategy: "retry", delay: delay as () => number }, 1);
    assertEquals([job.status, job.counts.retries], ["failed", 0]);
    assert(job.error?.message.includes(message), job.error?.message);
    assertEquals((job.error?.cause as Error | undefined)?.message, "429");
  }
});

Deno.test("RetryStrategy obeys the retryAfter of an error", async () => {
  const job = await run({ strategy: "retry", delay: 5_000, maxDelay: 5_000 }, 2);
  assertEquals([job.status, delaysOf(job)], ["completed", [2]]);
});

Deno.test("RetryStrategy.delay refuses a value that is neither a duration nor a function", () => {
  for (const delay of [-1, NaN, "1", {}, null] as number[]) {
    assertThrows(
      () => new Flow({ onError: { strategy: "retry", delay } }),
      InvalidOptionError,
      "onError.delay",
    );
  }
});

async function run(onError: RetryStrategy, retryAfter: number): Promise<JobState> {
  await using flow = new Flow({ pool, onError }).add("server", limitedByServer);
  return await flow.execute("server.retryAfter", retryAfter);
}

/** Returns the delays of the retries of a job, in milliseconds. */
function delaysOf(job: JobState): number[] {
  return job.executionHistory.flatMap(({ event, timestamp, data }) =>
    event === "retrying" ? [Math.round(Number(data?.dueAt) - timestamp)] : []
  );
}
