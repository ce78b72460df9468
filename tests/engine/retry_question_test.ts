// The commands that need the verdict of a user's function; the engine never calls one itself.

import { assertEquals } from "@std/assert";
import type { Command } from "../../src/engine/command.ts";
import type { Job } from "../../src/engine/job.ts";
import { retryQuestion } from "../../src/engine/retry_question.ts";
import { effectivePolicy, type RoutinePolicy, type Strategy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import { graph } from "../graph/graphs.ts";
import { Bench, CANCEL, effects, failure, typesOf } from "./harness.ts";

/** Must not be called by the engine. */
const retryable = (): boolean => {
  throw new Error("the engine has called a user's function");
};
const RETRY = { strategy: "retry", maxRetries: 1, delay: 0, retryable } as const;
const policy: RoutinePolicy = { onError: RETRY };

const rules = { routes: new Routes(graph({})), maxCrashes: 2 };

function asked(job: Job, command: Command, onError: Strategy = RETRY) {
  const policies = new Map([["source", effectivePolicy({ onError }, {})]]);
  return retryQuestion(job, command, 9, { ...rules, policies })?.retryable;
}

function fail(activationId = "", how: { crashed?: true; isLast?: true } = {}) {
  const attempt = { activationId, error: failure, execution: undefined, chance: 0.5 };
  return { type: "fail", ...attempt, ...how } as const;
}

function expire(waitId = "") {
  return { type: "expire", waitId, error: failure, chance: 0.5 } as const;
}

/** A job that waits for a signal. */
function waitingJob(bench: Bench) {
  const job = bench.start("j");
  const waits = [{ signal: "go", slot: "trigger" }];
  bench.complete(job, bench.take(), effects({ waits }));
  const [waitId = ""] = job.waits?.keys() ?? [];
  return { job, waitId };
}

Deno.test("retryQuestion() returns the function for retryable failures", () => {
  const bench = new Bench({ policy });
  const job = bench.start("j");
  const id = bench.take();
  assertEquals(asked(job, fail(id)), retryable);
  assertEquals(asked(job, fail(id, { crashed: true })), retryable);
  assertEquals(asked(job, fail(id, { isLast: true })), undefined);
  assertEquals(asked(job, fail("j/9")), undefined);
  bench.do(job, { ...fail(id), verdict: { isRetryable: true } });
  assertEquals(job.retries, 1);
  assertEquals(asked(job, fail(bench.take())), undefined, "there are no retries left");
});

Deno.test("retryQuestion() returns undefined after the last crash", () => {
  const often = { ...RETRY, maxRetries: 9 };
  const bench = new Bench({ policy: { onError: often } });
  const job = bench.start("j");
  const crash = { crashed: true } as const;
  bench.do(job, { ...fail(bench.take(), crash), verdict: { isRetryable: true } });
  const again = bench.take();
  assertEquals(job.live.get("j/1")?.crashes, 1);
  assertEquals(asked(job, fail(again), often), retryable);
  assertEquals(asked(job, fail(again, crash), often), undefined);
});

Deno.test("retryQuestion() returns the function for renewable waits", () => {
  const bench = new Bench({ policy });
  const { job, waitId } = waitingJob(bench);
  assertEquals(asked(job, expire(waitId)), retryable);
  assertEquals(asked(job, expire("j?9")), undefined);
  const yes = { ...expire(waitId), verdict: { isRetryable: true } };
  assertEquals(typesOf(bench.do(job, yes)), ["wait_renewed"]);
  assertEquals(asked(job, expire(waitId)), undefined, "there are no retries left");
});

Deno.test("retryQuestion() returns undefined for a stopped job", () => {
  const bench = new Bench({ policy });
  const job = bench.start("j");
  const id = bench.take();
  bench.do(job, CANCEL);
  assertEquals(asked(job, fail(id)), undefined);
  const { job: ended, waitId } = waitingJob(bench);
  bench.do(ended, CANCEL);
  assertEquals([ended.status, asked(ended, expire(waitId))], ["cancelled", undefined]);
});

Deno.test("decide() follows the verdict on a failure", () => {
  const verdicts = [undefined, { isRetryable: false }, { isRetryable: true }];
  const came = verdicts.map((verdict) => {
    const bench = new Bench({ policy });
    const job = bench.start("j");
    return typesOf(bench.do(job, { ...fail(bench.take()), verdict }));
  });
  const stopped = ["activation_failed", "job_stopping", "job_failed"];
  assertEquals(came, [stopped, stopped, ["activation_retrying"]]);
});

Deno.test("decide() reports the error of a failed verdict", () => {
  const bench = new Bench({ policy });
  const { job, waitId } = waitingJob(bench);
  const thrown = { name: "TypeError", message: "no status" };
  bench.do(job, { ...expire(waitId), verdict: { isRetryable: false, thrown } });
  assertEquals([job.status, job.stopping?.error.name], ["failed", "TypeError"]);
  assertEquals(job.stopping?.error.cause, { error: failure });
});
