// The decision after a failure, for every combination of strategy, critical or optional, retries spent or
// not, and `$error` connected or not.

import { assertEquals } from "@std/assert";
import { placed, serializeError } from "../../src/data/serialized_error.ts";
import { afterFailure, retryFunctions } from "../../src/engine/after_failure.ts";
import type { FailureFacts } from "../../src/engine/failure_facts.ts";
import {
  effectivePolicy,
  type Fallback,
  type RoutinePolicy,
  type Strategy,
} from "../../src/graph/policy.ts";

const fallback = { event: "output", payload: 0 };

/** Each final strategy, and its result for a plain, a critical and an optional routine. */
const FINAL = [
  { strategy: "stop", plain: "stop", critical: "stop", optional: "continue" },
  { strategy: "continue", plain: "continue", critical: "stop", optional: "continue" },
  { strategy: "skip", plain: "skip", critical: "stop", optional: "skip" },
  { strategy: { strategy: "skip", fallback }, plain: "skip", critical: "stop", optional: "skip" },
] as const;

const KINDS = ["plain", "critical", "optional"] as const;

function facts(some: Partial<FailureFacts> = {}): FailureFacts {
  const error = serializeError(new RangeError("no"));
  const usual = { retries: 0, isLast: false, at: 1000, until: Infinity, isRouted: false };
  return { error, ...usual, chance: 0.5, ...some };
}

function policy(onError: Strategy<Fallback> | undefined, kind: typeof KINDS[number] = "plain") {
  const marks: RoutinePolicy = kind === "plain" ? {} : { [kind]: true };
  return effectivePolicy({ ...marks, ...onError !== undefined && { onError } }, {});
}

for (const kind of KINDS) {
  for (const row of FINAL) {
    const { strategy } = row;
    const shown = typeof strategy === "string" ? strategy : "skip with fallback";

    Deno.test(`afterFailure() turns ${shown} into ${row[kind]} (${kind})`, () => {
      assertEquals(afterFailure(policy(strategy, kind), facts()).kind, row[kind]);
    });

    Deno.test(`afterFailure() turns ${shown} into ${row[kind]} when spent (${kind})`, () => {
      const retry = { strategy: "retry", maxRetries: 2, then: strategy } as const;
      const kinds = [0, 1, 2].map((retries) =>
        afterFailure(policy(retry, kind), facts({ retries })).kind
      );
      assertEquals(kinds, ["retry", "retry", row[kind]]);
    });
  }

  Deno.test(`afterFailure() ${kind === "critical" ? "stops" : "continues"} with $error connected (${kind})`, () => {
    const routed = facts({ isRouted: true });
    const expected = kind === "critical" ? "stop" : "continue";
    assertEquals(afterFailure(policy(undefined, kind), routed).kind, expected);
    const retry = { strategy: "retry", maxRetries: 0 } as const;
    assertEquals(afterFailure(policy(retry, kind), routed).kind, expected);
  });
}

Deno.test("afterFailure() stops without a policy", () => {
  assertEquals(afterFailure(policy(undefined), facts()), { kind: "stop" });
});

Deno.test("afterFailure() prefers a policy over a connected $error", () => {
  assertEquals(afterFailure(policy("stop"), facts({ isRouted: true })).kind, "stop");
});

Deno.test("afterFailure() returns the fallback of a skip", () => {
  const then = afterFailure(policy({ strategy: "skip", fallback }), facts());
  assertEquals(then, { kind: "skip", fallback });
});

Deno.test("afterFailure() delays each retry by its backoff", () => {
  const retry = { strategy: "retry", delay: 40, backoff: 3 } as const;
  const dueAt = (retries: number) => afterFailure(policy(retry), facts({ retries }));
  assertEquals<unknown>(
    [0, 1, 2].map(dueAt),
    [1040, 1120, 1360].map((dueAt) => ({ kind: "retry", dueAt })),
  );
});

Deno.test("afterFailure() drops a retry past the deadline", () => {
  const retry = { strategy: "retry", delay: 40 } as const;
  assertEquals(afterFailure(policy(retry), facts({ until: 1041 })).kind, "retry");
  assertEquals(afterFailure(policy(retry), facts({ until: 1040 })).kind, "stop");
});

Deno.test("afterFailure() never retries the last attempt", () => {
  const retry = { strategy: "retry", maxRetries: Infinity, then: "continue" } as const;
  assertEquals(afterFailure(policy(retry), facts({ isLast: true })).kind, "continue");
});

Deno.test("afterFailure() retries retryable names despite the verdict", () => {
  const named = (...names: string[]) =>
    policy({ strategy: "retry", retryable: names, then: "skip" });
  const no = { isRetryable: false };
  assertEquals(afterFailure(named("TypeError", "RangeError"), facts(), no).kind, "retry");
  assertEquals(afterFailure(named("TypeError"), facts(), { isRetryable: true }).kind, "skip");
});

/** Must not be called by the engine. */
const retryable = (): boolean => {
  throw new Error("the engine has called a user's function");
};

Deno.test("afterFailure() follows the verdict of a function", () => {
  const asked = policy({ strategy: "retry", delay: 5, retryable, then: "skip" });
  const yes = { isRetryable: true };
  assertEquals(afterFailure(asked, facts(), yes), { kind: "retry", dueAt: 1005 });
  assertEquals(afterFailure(asked, facts(), { isRetryable: false }).kind, "skip");
  assertEquals(afterFailure(asked, facts()), { kind: "skip", fallback: undefined });
  assertEquals(afterFailure(asked, facts({ isLast: true }), yes).kind, "skip");
});

Deno.test("afterFailure() reports an error thrown by the function", () => {
  const asked = policy({ strategy: "retry", retryable, then: "skip" });
  const error = placed(serializeError(new RangeError("no")), { jobId: "j" });
  const thrown = serializeError(Object.assign(new TypeError("no status"), { own: 1 }));
  // The function may have taken so long that it is too late for another attempt.
  for (const until of [Infinity, 1000]) {
    const verdict = { isRetryable: false, thrown };
    const then = afterFailure(asked, facts({ error, until }), verdict);
    assertEquals([then.kind, then.error?.name, then.error?.message], [
      "skip",
      "TypeError",
      "no status",
    ]);
    assertEquals([then.error?.cause, then.error?.fields], [{ error }, { jobId: "j" }]);
  }
});

Deno.test("retryFunctions() returns the function of a possible retry", () => {
  const asked = policy({ strategy: "retry", maxRetries: 2, delay: 5, retryable });
  assertEquals(retryFunctions(asked, facts({ retries: 1 })), {
    retryable,
    delay: undefined,
    attempt: 2,
  });
  assertEquals(retryFunctions(asked, facts({ until: 1006 }))?.retryable, retryable);
  const delay = () => 5;
  const delayed = policy({ strategy: "retry", delay });
  assertEquals(retryFunctions(delayed, facts()), { retryable: undefined, delay, attempt: 1 });
});

Deno.test("retryFunctions() returns undefined without a possible retry", () => {
  const asked = policy({ strategy: "retry", maxRetries: 2, delay: 5, retryable });
  for (const some of [{ retries: 2 }, { isLast: true }, { until: 1005 }]) {
    assertEquals(retryFunctions(asked, facts(some)), undefined);
  }
  const strategies = [
    undefined,
    "skip",
    { strategy: "retry" },
    { strategy: "retry", retryable: ["RangeError"] },
  ] as const;
  for (const strategy of strategies) {
    assertEquals(retryFunctions(policy(strategy), facts()), undefined);
  }
  const other = effectivePolicy({ onErrorOf: { TypeError: { strategy: "retry", retryable } } }, {});
  assertEquals(retryFunctions(other, facts()), undefined);
});

Deno.test("afterFailure() prefers the most specific policy", () => {
  const of = (routine: RoutinePolicy, flow: RoutinePolicy) =>
    afterFailure(effectivePolicy(routine, flow), facts()).kind;
  assertEquals(of({ onError: "skip" }, { onError: "continue" }), "skip");
  assertEquals(of({}, { onError: "continue" }), "continue");
  assertEquals(of({ onErrorOf: { RangeError: "skip" }, onError: "stop" }, {}), "skip");
  assertEquals(of({ onErrorOf: { TypeError: "skip" } }, { onError: "continue" }), "continue");
  assertEquals(of({ onError: "skip" }, { onErrorOf: { RangeError: "continue" } }), "skip");
  assertEquals(of({}, { onErrorOf: { RangeError: "skip" }, onError: "stop" }), "skip");
});

Deno.test("afterFailure() matches only own names of onErrorOf", () => {
  const error = { ...serializeError(new Error("no")), name: "toString" };
  assertEquals(afterFailure(effectivePolicy({ onErrorOf: {} }, {}), facts({ error })).kind, "stop");
});

Deno.test("afterFailure() retries after the delay that a function has returned", () => {
  const delayed = policy({ strategy: "retry", delay: () => 0, backoff: 3, maxDelay: 5, jitter: 1 });
  const { at } = facts();
  const dueAt = (delay: number, until = Infinity) => {
    const after = afterFailure(delayed, facts({ until }), { isRetryable: true, delay });
    return after.kind === "retry" ? after.dueAt - at : after.kind;
  };
  assertEquals([dueAt(7), dueAt(0), dueAt(9_999), dueAt(Infinity)], [7, 0, 9_999, "stop"]);
  assertEquals([dueAt(7, at + 7), dueAt(7, at + 8)], ["stop", 7]);
  assertEquals(afterFailure(delayed, facts()).kind, "stop");
  const thrown = { name: "TypeError", message: "why" };
  const failed = afterFailure(delayed, facts(), { isRetryable: false, thrown });
  assertEquals([failed.kind, failed.error?.name], ["stop", "TypeError"]);
});

Deno.test("afterFailure() retries after the time that an error asks for", () => {
  const retry = policy({ strategy: "retry", delay: 5, maxDelay: 10 });
  const { at, error } = facts();
  const dueAt = (retryAfter: unknown) => {
    const after = afterFailure(retry, facts({ error: { ...error, fields: { retryAfter } } }));
    return after.kind === "retry" ? after.dueAt - at : after.kind;
  };
  assertEquals([dueAt(60_000), dueAt(0), dueAt(1.5)], [60_000, 0, 1.5]);
  // Other values are not known to be milliseconds.
  for (const other of [-1, NaN, "60", null, undefined, 1n]) assertEquals(dueAt(other), 5);
});
