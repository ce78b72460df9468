// An operation on one activation, wait, signal, key or field costs the same however many there are
// beside it. Steps are counted, for a small number of them and for one ten times as great.

import { assert, assertEquals, assertLess } from "@std/assert";
import { apply } from "../../src/engine/apply.ts";
import { KeyLocks } from "../../src/engine/key_locks.ts";
import type { Job } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import type { RoutineLimit } from "../../src/engine/gate.ts";
import { stepsOf } from "../steps.ts";
import { Bench, CANCEL, effects, emits, failure } from "./harness.ts";

/** Checks that the cost of one item is about the same among ten times as many. */
function assertLinear(work: (count: number) => () => void): void {
  const [small, great] = [300, 3_000].map((count) => stepsOf(work(count)) / count);
  assert(small !== undefined && great !== undefined);
  assertLess(great, 2 * small + 20);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** A job with many activations queued, its own bench, and their ids, the last first. */
function jobWithQueue(count: number, bench = new Bench()) {
  const job = bench.start("j");
  bench.complete(job, bench.take(), emits(...numbers(count)));
  const ids = bench.queued(job).map(({ activationId }) => activationId).reverse();
  assertEquals(ids.length, count);
  return { bench, job, ids };
}

/** A job with many waits, each for another signal. */
function jobWithWaits(count: number) {
  const bench = new Bench();
  const job = bench.start("j");
  const waits = numbers(count).map((i) => ({ signal: `s${i}`, slot: "trigger" }));
  bench.complete(job, bench.take(), effects({ waits }));
  return { bench, job };
}

Deno.test("decide() fails queued activations in linear time", () => {
  const onError = { strategy: "retry", delay: 0, maxRetries: 1, then: "continue" } as const;
  assertLinear((count) => {
    const { bench, job, ids } = jobWithQueue(count, new Bench({ policy: { onError } }));
    return () => {
      for (const id of ids) bench.fail(job, id);
      assertEquals([job.retries, bench.engine.ready], [count, count]);
      for (const id of ids.slice(0, count / 2)) bench.fail(job, id);
      for (const activationId of ids.slice(count / 2)) {
        bench.do(job, { type: "drop", activationId, error: failure });
      }
      assertEquals([job.status, bench.engine.ready], ["completed", 0]);
    };
  });
});

Deno.test("Engine.giveBack() runs in constant time", () => {
  assertLinear((count) => {
    const { bench, job } = jobWithQueue(count);
    return () => {
      for (let i = 0; i < count; i++) {
        const taken = bench.engine.take();
        assert(taken !== undefined);
        bench.engine.giveBack(taken.job, taken.live);
        assertEquals(bench.take(), taken.live.activation.activationId);
      }
      assertEquals(job.executing, count);
    };
  });
});

Deno.test("decide() delivers signals in linear time", () => {
  assertLinear((count) => {
    const { bench, job } = jobWithWaits(count);
    return () => {
      for (const i of numbers(count).reverse()) {
        bench.do(job, { type: "signal", signal: `s${i}`, payload: i });
      }
      assertEquals([job.waits?.size ?? 0, job.queued], [0, count]);
    };
  });
});

Deno.test("decide() expires waits in linear time", () => {
  const onError = "continue";
  assertLinear((count) => {
    const bench = new Bench({ policy: { onError } });
    const job = bench.start("j");
    const waits = numbers(count).map(() => ({ signal: "s", slot: "trigger" }));
    bench.complete(job, bench.take(), effects({ waits }));
    bench.do(job, { type: "signal", signal: "s", payload: 0 });
    const waitIds = [...job.waits?.keys() ?? []].reverse();
    return () => {
      for (const waitId of waitIds) {
        bench.do(job, { type: "expire", waitId, error: failure, chance: 0 });
      }
      assertEquals(job.waits?.size ?? 0, 0);
    };
  });
});

Deno.test("decide() withdraws waits in linear time", () => {
  assertLinear((count) => {
    const { bench, job } = jobWithWaits(count);
    bench.do(job, { type: "signal", signal: "s0", payload: 0 });
    const taken = bench.take();
    const waitIds = [...job.waits?.keys() ?? []].reverse();
    return () => {
      for (const waitId of waitIds) {
        bench.do(job, { type: "withdraw", waitIds: [waitId], reason: undefined });
      }
      assertEquals(job.waits?.size ?? 0, 0);
      bench.complete(job, taken, effects({ waits: [{ signal: "s1", slot: "trigger" }] }));
      bench.do(job, { type: "signal", signal: "s1", payload: 1 });
      assertEquals([job.waits?.size ?? 0, job.signals?.size ?? 0, job.queued], [0, 0, 1]);
    };
  });
});

Deno.test("decide() finds stored signals in linear time", () => {
  assertLinear((count) => {
    const bench = new Bench();
    const job = bench.start("j");
    for (const i of numbers(count)) {
      bench.do(job, { type: "signal", signal: i % 2 === 0 ? "same" : `s${i}`, payload: i });
    }
    let taken = bench.take();
    return () => {
      for (const i of numbers(count).reverse()) {
        const signal = i % 2 === 0 ? "same" : `s${i}`;
        bench.complete(job, taken, effects({ waits: [{ signal, slot: "trigger" }] }));
        taken = bench.take();
      }
      assertEquals(job.signals?.size ?? 0, 0);
    };
  });
});

Deno.test("KeyLocks locks and releases in linear time", () => {
  assertLinear((count) => () => {
    const locks = new KeyLocks<number>();
    const order: number[] = [];
    for (const i of numbers(count)) locks.request(i, [`k${i}`], () => order.push(i));
    assertEquals(order.length, count);
    for (const i of numbers(count)) locks.request(count + i, ["k0"], () => order.push(count + i));
    // Waiting requests are released from the end, then granted ones.
    for (let i = 2 * count - 1; i >= count + count / 2; i--) locks.release(i);
    for (const i of numbers(count + count / 2)) locks.release(i);
    assertEquals(order, numbers(count + count / 2));
  });
});

Deno.test("apply() patches a state without reading it", () => {
  let looks = 0;
  const state = new Proxy<Record<string, unknown>>({}, {
    ownKeys: (target) => (looks += Reflect.ownKeys(target).length, Reflect.ownKeys(target)),
    get: (target, key) => (looks++, Reflect.get(target, key)),
  });
  const { job } = jobWithQueue(1);
  job.routineStates = new Map([["source", state]]);
  for (const i of numbers(1_000)) apply(job, patched(job, { [`f${i}`]: i }));
  assertEquals(looks, 0);
  assertEquals(Object.keys(state).length, 1_000);
});

Deno.test("apply() patches a field called __proto__", () => {
  const { job } = jobWithQueue(1);
  const fields = JSON.parse('{"__proto__":{"a":1}}');
  apply(job, patched(job, { b: 2 }));
  apply(job, patched(job, fields));
  const state = job.routineStates?.get("source") ?? {};
  assertEquals(Object.keys(state), ["b", "__proto__"]);
  assertEquals(Object.getPrototypeOf(state), Object.prototype);
});

Deno.test("apply() leaves earlier JobEvents unchanged", () => {
  const { job } = jobWithQueue(1);
  const first = patched(job, { a: 1 });
  apply(job, first);
  apply(job, patched(job, { a: 2 }));
  assert(first.type === "activation_flushed");
  assertEquals(first.effects.routineState, { a: 1 });
});

/** A flush of the source that patches its state. */
function patched(job: Job, routineState: Readonly<Record<string, unknown>>): JobEvent {
  const about = { activationId: "j/1", routineId: "source", slot: "trigger", attempt: 1 };
  const base = { jobId: "j", seq: job.seq + 1, at: 0, ...about };
  const type = "activation_flushed";
  return { type, ...base, effects: effects({ routineState }), queued: [], unrouted: 0 };
}

/** An engine whose limits let each number be a key, and the setting of the keys. */
function keyedBench(limit: Partial<RoutineLimit>) {
  const bench = new Bench({
    limits: new Map([["link", { concurrency: Infinity, isKeyed: true, ...limit }]]),
  });
  const { limits } = bench.engine;
  const setKeys = () => {
    for (const { live } of limits.keys.takeMissing()) {
      limits.setKey(live, `${live.activation.payload}`);
    }
  };
  return { bench, setKeys };
}

/** Numbers in an order in which neighbours are far from each other. */
function mixed(count: number): number[] {
  return numbers(count).map((i) => (i * 7_919) % count);
}

Deno.test("Engine.take() begins activations of one job that many keys call in any order in linear time", () => {
  assertLinear((count) => {
    const { bench, setKeys } = keyedBench({ rate: { limit: 1, per: 100_000 } });
    const job = bench.start("j");
    bench.complete(job, bench.take(), emits(...numbers(count), ...mixed(count)));
    setKeys();
    for (let i = 0; i < count; i++) assert(bench.take() !== undefined);
    assertEquals(bench.take(), undefined);
    return () => {
      bench.time += 200_000;
      bench.fire();
      for (let i = 0; i < count; i++) assert(bench.engine.take() !== undefined);
    };
  });
});

Deno.test("Engine.dispatch() resumes jobs that wait for one limit in any order in linear time", () => {
  assertLinear((count) => {
    const bench = new Bench({ limits: new Map([["source", { concurrency: 1, isKeyed: false }]]) });
    const jobs = numbers(count).map((i) => bench.start(`j${i}`));
    const first = bench.take();
    bench.take();
    for (const job of jobs) bench.do(job, { type: "pause" });
    // The place is offered to all of them.
    bench.complete(jobs[0]!, first);
    return () => {
      for (const i of mixed(count)) bench.do(jobs[i]!, { type: "resume" });
    };
  });
});

Deno.test("Engine.apply() stops a job that waits for keys in linear time", () => {
  for (const keys of [1, Infinity]) {
    assertLinear((count) => {
      const { bench, setKeys } = keyedBench({ concurrency: 1 });
      const job = bench.start("j");
      const all = numbers(count).map((i) => i % Math.min(keys, count / 2));
      bench.complete(job, bench.take(), emits(...all));
      setKeys();
      while (bench.take() !== undefined);
      return () => {
        bench.do(job, { type: "pause" });
        bench.do(job, { type: "resume" });
        bench.do(job, CANCEL);
      };
    });
  }
});
