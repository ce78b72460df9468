import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { InvalidOptionError } from "../../src/errors/call_errors.ts";
import { checkPolicy } from "./check_policy.ts";
import {
  effectivePolicy,
  type Fallback,
  fallbacksOf,
  ownPolicy,
  retryDelay,
  type RoutinePolicy,
} from "../../src/graph/policy.ts";

Deno.test("retryDelay() grows up to maxDelay", () => {
  const retry = { strategy: "retry", delay: 10, backoff: 3, maxDelay: 100 } as const;
  assertEquals([1, 2, 3, 4].map((n) => retryDelay(retry, n, 0.5)), [10, 30, 90, 100]);
});

Deno.test("retryDelay() doubles from 100 ms by default", () => {
  const delays = [1, 2, 3, 20].map((n) => retryDelay({ strategy: "retry" }, n, 0.9));
  assertEquals(delays, [100, 200, 400, 30_000]);
});

Deno.test("retryDelay() stays finite after many retries", () => {
  const after = (delay: number, backoff: number) =>
    retryDelay({ strategy: "retry", delay, backoff, maxDelay: 50, jitter: 1 }, 5000, 0.5);
  assertEquals([after(0, 2), after(10, 2), after(10, 0.5), after(0, 0.5)], [0, 25, 0, 0]);
});

Deno.test("retryDelay() varies by at most jitter", () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(chance, chance, fc.integer({ min: 1, max: 9 }), (jitter, drawn, n) => {
    const strategy = { strategy: "retry", delay: 7, jitter } as const;
    const regular = retryDelay({ ...strategy, jitter: 0 }, n, drawn);
    const delay = retryDelay(strategy, n, drawn);
    assertEquals(Math.abs(delay - regular) <= regular * jitter + 1e-9, true, `${delay}`);
  }));
  const half = { strategy: "retry", delay: 8, jitter: 0.5 } as const;
  assertEquals([0, 0.5, 1].map((drawn) => retryDelay(half, 1, drawn)), [4, 8, 12]);
});

Deno.test("retryDelay() bounds jittered delays by maxDelay", () => {
  const retry = { strategy: "retry", delay: 10, maxDelay: 40, jitter: 0.5 } as const;
  const drawn = (n: number) => [0, 0.5, 1].map((chance) => retryDelay(retry, n, chance));
  assertEquals([drawn(1), drawn(2), drawn(3), drawn(4000)], [
    [5, 10, 15],
    [10, 20, 30],
    [20, 30, 40],
    [20, 30, 40],
  ]);
  const chance = fc.double({ min: 0, max: 1, noNaN: true });
  const most = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(fc.property(most, chance, chance, fc.nat(2000), (maxDelay, jitter, drawn, n) => {
    const delay = retryDelay({ ...retry, maxDelay, jitter }, n + 1, drawn);
    assertEquals(delay >= 0 && delay <= maxDelay, true, `${delay}`);
  }));
});

const WRONG: readonly (readonly [string, unknown])[] = [
  ["onError", { onError: "ignore" }],
  ["onError", { onError: null }],
  ["onError.strategy", { onError: { strategy: "stop" } }],
  ["onErrorOf.RangeError", { onErrorOf: { RangeError: "ignore" } }],
  ["onError.maxRetries", { onError: { strategy: "retry", maxRetries: -1 } }],
  ["onError.maxRetries", { onError: { strategy: "retry", maxRetries: 1.5 } }],
  ["onError.maxRetries", { onError: { strategy: "retry", maxRetries: NaN } }],
  ["onError.delay", { onError: { strategy: "retry", delay: -1 } }],
  ["onError.maxDelay", { onError: { strategy: "retry", maxDelay: NaN } }],
  ["onError.backoff", { onError: { strategy: "retry", backoff: 0 } }],
  ["onError.backoff", { onError: { strategy: "retry", backoff: Infinity } }],
  ["onError.jitter", { onError: { strategy: "retry", jitter: 2 } }],
  ["onError.then", { onError: { strategy: "retry", then: "ignore" } }],
  ["onError.then", { onError: { strategy: "retry", then: { strategy: "retry" } } }],
  ["queueTimeout", { queueTimeout: -1 }],
  ["runTimeout", { runTimeout: NaN }],
  ["totalTimeout", { totalTimeout: -Infinity }],
  ["critical", { critical: true, optional: true }],
];

for (const [option, policy] of WRONG) {
  Deno.test(`RoutinePolicy.${option} is refused in ${Deno.inspect(policy)}`, () => {
    const check = () => checkPolicy(policy as RoutinePolicy);
    assertEquals(assertThrows(check, InvalidOptionError).option, option);
  });
}

Deno.test("ROUTINE_POLICY accepts valid policies", () => {
  checkPolicy({});
  checkPolicy({ onError: "skip", queueTimeout: 0, runTimeout: Infinity, critical: true });
  const retry = { strategy: "retry", maxRetries: Infinity, delay: 0, backoff: 0.5 } as const;
  checkPolicy({ onError: retry, onErrorOf: { TypeError: { ...retry, then: "skip" } } });
});

Deno.test("effectivePolicy() prefers the routine's timeouts", () => {
  const policy = effectivePolicy({ runTimeout: 5 }, { runTimeout: 9, queueTimeout: 7 });
  const { queueTimeout, runTimeout, totalTimeout } = policy;
  assertEquals([queueTimeout, runTimeout, totalTimeout], [7, 5, Infinity]);
});

Deno.test("effectivePolicy() derives mayRetry from both policies", () => {
  const retry = { strategy: "retry" } as const;
  const may = (routine: RoutinePolicy, flow: RoutinePolicy) =>
    effectivePolicy(routine, flow).mayRetry;
  assertEquals([may({}, {}), may({ onError: retry }, {})], [false, true]);
  assertEquals(may({}, { onErrorOf: { RangeError: retry } }), true);
});

Deno.test("fallbacksOf() lists the fallbacks of all strategies", () => {
  const one = { event: "output", payload: 1 };
  const two = { event: "error", payload: 2 };
  const policy: RoutinePolicy<Fallback> = {
    onError: { strategy: "retry", then: { strategy: "skip", fallback: one } },
    onErrorOf: { RangeError: { strategy: "skip", fallback: two }, TypeError: "skip" },
  };
  assertEquals(fallbacksOf(policy), [one, two]);
  assertEquals(fallbacksOf({}), []);
});

Deno.test("ownPolicy() copies the policy deeply", () => {
  const retryable = ["TypeError"];
  const fallback = { event: "output", payload: { list: [1] } };
  const onError = { strategy: "retry", retryable, then: { strategy: "skip", fallback } } as const;
  const own = ownPolicy({ onError, onErrorOf: { RangeError: onError } }, "fallback");
  const before = structuredClone(own);
  retryable.length = 0;
  fallback.payload.list.push(2);
  assertEquals(own, before);
});
