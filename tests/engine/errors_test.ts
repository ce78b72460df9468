// A job stores the latest of its errors, up to a limit that it is started with.

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { fold } from "../../src/engine/apply.ts";
import { latestErrors } from "../../src/engine/job.ts";
import { Bench, emits, failure } from "./harness.ts";

/** A job in which `count` activations fail, each with an error of its own. */
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

Deno.test("latestErrors() returns the latest up to the limit", () => {
  const { job } = failing(47, 10);
  const messages = latestErrors(job).map(({ error }) => error.message);
  assertEquals(messages, Array.from({ length: 10 }, (_, i) => `error ${37 + i}`));
  assertEquals([job.status, job.failed], ["completed", 47]);
});

Deno.test("latestErrors() is empty with a limit of zero", () => {
  assertEquals(latestErrors(failing(5, 0).job), []);
});

Deno.test("latestErrors() returns all errors without a limit", () => {
  const { bench, job } = failing(30, Infinity);
  assertEquals(latestErrors(job).length, 30);
  assertEquals("maxErrors" in (bench.events(job)[0] ?? {}), false);
});

Deno.test("fold() restores a job with many errors", () => {
  const { bench, job } = failing(47, 10);
  assertEquals(fold(bench.events(job)), job);
});
