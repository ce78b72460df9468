// A job keeps the latest of its errors, as many as it was started with.

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { latestErrors } from "../../src/engine/job.ts";
import { Bench, emits, failure } from "./harness.ts";

/** A job of which so many activations fail, each with an error of its own. */
function failing(count: number, maxErrors?: number) {
  const bench = new Bench({
    policy: { onError: "continue" },
    ...maxErrors !== undefined && { maxErrors },
  });
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(...Array.from({ length: count }, (_, i) => i)));
  for (let i = 0; i < count; i++) {
    const error = { ...failure, message: `error ${i}` };
    const activationId = bench.take() ?? "";
    bench.do(job, { type: "fail", activationId, error, execution: undefined, chance: 0 });
    assertLessOrEqual(job.errors.length, (maxErrors ?? count) * 1.25);
  }
  return { bench, job };
}

Deno.test("a job keeps no more errors than it was started with, the latest", () => {
  const { job } = failing(47, 10);
  const messages = latestErrors(job).map(({ error }) => error.message);
  assertEquals(messages, Array.from({ length: 10 }, (_, i) => `error ${37 + i}`));
  assertEquals([job.status, job.failed], ["completed", 47]);
});

Deno.test("a job that is to keep no errors keeps none", () => {
  assertEquals(latestErrors(failing(5, 0).job), []);
});

Deno.test("a job keeps all of a few errors, and says nothing of a limit in its events", () => {
  const { bench, job } = failing(30, Infinity);
  assertEquals(latestErrors(job).length, 30);
  assertEquals("maxErrors" in (bench.events(job)[0] ?? {}), false);
});

Deno.test("the events of a job with many errors give the same job again", () => {
  const { bench, job } = failing(47, 10);
  assertEquals(fold(bench.events(job)), job);
});
