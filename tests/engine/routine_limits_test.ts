import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Ranked } from "../../src/engine/fair_queue.ts";
import type { LiveActivation } from "../../src/engine/job.ts";
import { NO_CLOCK } from "../../src/engine/limits_of.ts";
import { RoutineLimits } from "../../src/engine/routine_limits.ts";
import { Bench, CANCEL } from "./harness.ts";
import { queuedLive } from "./queued_live.ts";

const ROUTINES = ["free", "one", "three"] as const;
const LIMITS = new Map([
  ["one", { concurrency: 1, isKeyed: false }],
  ["three", { concurrency: 3, isKeyed: false }],
]);

/** A job with a queue, which takes its activations in order, as the engine does. */
class Owner {
  readonly job: Ranked = {};
  readonly first: LiveActivation[] = [];
  readonly waiting: LiveActivation[] = [];
  isOpen = true;
}

const actions = fc.array(
  fc.record({
    what: fc.constantFrom(
      "add",
      "take",
      "take",
      "leave",
      "leave",
      "giveBack",
      "pause",
      "resume",
      "drop",
    ),
    owner: fc.nat(2),
    routine: fc.constantFrom(...ROUTINES),
    pick: fc.nat(1_000),
  }),
  { maxLength: 120 },
);

Deno.test("RoutineLimits lets no more activations enter than a routine may have, each in its turn", () => {
  fc.assert(
    fc.property(actions, (actions) => {
      const owners = [new Owner(), new Owner(), new Owner()];
      const limits: RoutineLimits<Owner> = new RoutineLimits(LIMITS, NO_CLOCK, (owner, live) => {
        owner.first.push(live);
        owner.first.sort((a, b) => limits.ticketOf(a) - limits.ticketOf(b));
        return owner.isOpen;
      });
      const entered: { readonly live: LiveActivation; readonly owner: Owner }[] = [];
      const known = new Set<LiveActivation>();
      const latest = new Map<string, number>();
      let made = 0;

      /** Checks that those of one job and routine enter in their order, the first time. */
      function enters(live: LiveActivation, owner: Owner): void {
        entered.push({ live, owner });
        if (known.has(live)) return;
        known.add(live);
        const { routineId, activationId } = live.activation;
        const key = `${owners.indexOf(owner)} ${routineId}`;
        const number = Number(activationId);
        assert(number > (latest.get(key) ?? 0), `${number} has entered after ${latest.get(key)}`);
        latest.set(key, number);
      }

      function take(owner: Owner): boolean {
        while (owner.isOpen) {
          const live = owner.first.shift() ?? owner.waiting.shift();
          if (live === undefined) return false;
          if (live.state !== "queued" || !limits.enter(live, owner)) continue;
          enters(live, owner);
          return true;
        }
        return false;
      }

      function open(owner: Owner): void {
        owner.isOpen = true;
        limits.parkAgain(owner.first.splice(0));
      }

      function leave(pick: number): void {
        const [one] = entered.splice(pick % Math.max(1, entered.length), 1);
        if (one === undefined) return;
        const { live } = one;
        live.state = "ended";
        limits.leave(live);
      }

      for (const { what, owner: index, routine, pick } of actions) {
        const owner = owners[index]!;
        switch (what) {
          case "add":
            owner.waiting.push(queuedLive(`${++made}`, routine));
            break;
          case "take":
            take(owner);
            break;
          case "leave":
            leave(pick);
            break;
          case "giveBack": {
            // Only the last that was taken, so that the order of the others is known.
            const last = entered.at(-1);
            if (last === undefined) break;
            entered.pop();
            if (!limits.giveBack(last.live)) last.owner.waiting.unshift(last.live);
            break;
          }
          case "pause":
            owner.isOpen = false;
            for (const live of [...owner.first]) limits.withdraw(live);
            break;
          case "resume":
            if (!owner.isOpen) open(owner);
            break;
          case "drop": {
            const live = owner.waiting.splice(pick % Math.max(1, owner.waiting.length), 1)[0];
            if (live !== undefined) live.state = "ended";
          }
        }
        for (const [id, { concurrency: most }] of LIMITS) {
          const count = entered.filter(({ live }) => live.activation.routineId === id).length;
          assert(count <= most, `${count} of "${id}" have entered`);
        }
      }
      // All that are left can end.
      for (const owner of owners) if (!owner.isOpen) open(owner);
      for (let isGoing = true; isGoing;) {
        isGoing = owners.map(take).some(Boolean);
        while (entered.length > 0) leave(0), isGoing = true;
      }
      assertEquals(owners.flatMap(({ first, waiting }) => [...first, ...waiting]), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("RoutineLimits.enter() lets those that waited longest enter first", () => {
  const owner = new Owner();
  const called: string[] = [];
  const limits = new RoutineLimits<Owner>(LIMITS, NO_CLOCK, (_, live) => {
    called.push(live.activation.activationId);
    return true;
  });
  const lives = ["1", "2", "3", "4"].map((id) => queuedLive(id, "one"));
  const [first, second, third, fourth] = lives as [
    LiveActivation,
    LiveActivation,
    LiveActivation,
    LiveActivation,
  ];
  assertEquals(lives.map((live) => limits.enter(live, owner)), [true, false, false, false]);
  limits.leave(first);
  assertEquals(called, ["2"]);
  // The place is that of the second one.
  assert(!limits.enter(queuedLive("5", "one"), owner));
  assert(limits.enter(second, owner));
  // It is put back, and comes first again.
  assert(limits.giveBack(second));
  assertEquals(called, ["2", "2"]);
  limits.withdraw(second);
  assertEquals(called, ["2", "2", "3"]);
  // It is parked again, before the others.
  limits.parkAgain([second]);
  assert(limits.enter(third, owner));
  limits.leave(third);
  assertEquals(called, ["2", "2", "3", "2"]);
  limits.leave(second);
  assertEquals(called, ["2", "2", "3", "2", "4"]);
  assert(limits.enter(fourth, owner));
});

Deno.test("RoutineLimits.leave() calls by the priorities and groups of the jobs", () => {
  const called: string[] = [];
  const limits = new RoutineLimits<{ job: Ranked }>(LIMITS, NO_CLOCK, (_, live) => {
    called.push(live.activation.activationId);
    return true;
  });
  const [low, other, high] = [{}, { group: "other" }, { priority: 1 }].map((job) => ({ job }));
  const [first, ...parked] = ["0", "low 1", "low 2", "other", "high"].map((id) =>
    queuedLive(id, "one")
  );
  [low, low, low, other, high].forEach((owner, i) => {
    assertEquals(limits.enter([first!, ...parked][i]!, owner!), i === 0);
  });
  limits.leave(first!);
  for (const id of ["high", "low 1", "other", "low 2"]) {
    assertEquals(called.at(-1), id);
    const live = parked.find(({ activation }) => activation.activationId === id)!;
    assert(limits.enter(live, low!));
    limits.leave(live);
  }
});

Deno.test("RoutineLimits.parkAgain() counts to the same key as before", () => {
  const limits = new RoutineLimits<Owner>(
    new Map([["one", { concurrency: 1, isKeyed: true }]]),
    NO_CLOCK,
    () => true,
  );
  const owner = new Owner();
  const [first, second, third] = ["1", "2", "3"].map((id) => queuedLive(id, "one"));
  for (const live of [first!, second!, third!]) limits.keys.set(live, "key");
  assertEquals([limits.enter(first!, owner), limits.enter(second!, owner)], [true, false]);
  limits.leave(first!);
  limits.withdraw(second!);
  assert(limits.enter(third!, owner));
  limits.parkAgain([second!]);
  assert(!limits.enter(second!, owner), "two of one key have entered");
});

Deno.test("RoutineLimits removes the keys that are used once although another one is used all the time", () => {
  const { bench, start } = keyed({ source: 60, link: 1_000_000 });
  bench.complete(start("slow", "link"), bench.take());
  for (let i = 0; i < 300; i++) {
    for (const key of ["always", `once ${i}`]) {
      const job = start(key);
      bench.complete(job, bench.take());
      bench.engine.forget(job.jobId);
      bench.fire();
    }
  }
  const { length } = [...bench.engine.limits.gates()];
  assert(length < 40, `${length} keys`);
});

Deno.test("RoutineLimits limits a key again that was removed while its rate was blocked", () => {
  const { bench, start } = keyed({ source: 50 });
  bench.engine.limits.adopt([], { count: Infinity, at: 0 });
  const cancelled = start("key");
  assertEquals(bench.take(), undefined);
  bench.do(cancelled, CANCEL);
  const jobs = [start("key"), start("key")];
  assertEquals(bench.take(), undefined);
  bench.time += 50;
  bench.fire();
  const begun = bench.take();
  assertEquals([begun, bench.take()], [`${jobs[0]?.jobId}/1`, undefined]);
  jobs.push(start("key"));
  assertEquals(bench.take(), undefined);
});

Deno.test("RoutineLimits lets none wait for ever if a period ends while it waits", () => {
  // Time passes with each look at the clock, so each look is once the first after the end of the period.
  for (let per = 1; per <= 12; per++) {
    let time = 0;
    const timers: (() => void)[] = [];
    const clock = {
      ...NO_CLOCK,
      now: () => time++,
      wakeAt: (_: number, fire: () => void) => void timers.push(fire),
    };
    const called: LiveActivation[] = [];
    const limits = new RoutineLimits<Owner>(
      new Map([["one", { concurrency: Infinity, rate: { limit: 1, per }, isKeyed: false }]]),
      clock,
      (_, live) => called.push(live) > 0,
    );
    const owner = new Owner();
    const lives = ["1", "2", "3"].map((id) => queuedLive(id, "one"));
    const enters = (live: LiveActivation) => {
      if (!limits.enter(live, owner)) return;
      limits.began(live);
      live.state = "ended";
      limits.leave(live);
    };
    for (const live of lives) enters(live);
    for (let i = 0; i < 50 && timers.length > 0; i++) {
      time += per;
      timers.shift()?.();
      for (const live of called.splice(0)) enters(live);
    }
    assertEquals(lives.map(({ state }) => state), ["ended", "ended", "ended"], `per ${per}`);
  }
});

/** An engine with one activation at a time and two starts in a period, and the start of a job with a key. */
function keyed(periods: Readonly<Record<string, number>>) {
  const limits = Object.entries(periods).map(([id, per]) =>
    [id, { concurrency: 1, rate: { limit: 2, per }, isKeyed: true }] as const
  );
  const bench = new Bench({ limits: new Map(limits) });
  const { limits: own } = bench.engine;
  let started = 0;
  const start = (key: string, routineId = "source") => {
    const job = bench.start(`j${++started}`, undefined, undefined, {}, routineId);
    for (const { live } of own.keys.takeMissing()) own.setKey(live, key);
    return job;
  };
  return { bench, start };
}

Deno.test("RoutineLimits counts the start of a key that was unused for a while", () => {
  let now = 0;
  const timers: { at: number; fire: () => void }[] = [];
  const later = (at: number, fire: () => void) => void timers.push({ at, fire });
  const clock = { now: () => now, parked() {}, wakeAt: later, sweepAt: later };
  const limit = (per: number) => ({ concurrency: 9, rate: { limit: 1, per }, isKeyed: true });
  const limits = new RoutineLimits<Owner>(
    new Map([["long", limit(1_000)], ["short", limit(10)]]),
    clock,
    () => true,
  );
  const owner = new Owner();
  const starts = (routineId: string, key: string): boolean => {
    const live = queuedLive(`${routineId} ${key}`, routineId);
    limits.setKey(live, key);
    const entered = limits.enter(live, owner);
    if (entered) limits.began(live);
    live.state = "ended";
    limits.leave(live);
    return entered;
  };
  for (let key = 0; key < 5; key++) assert(starts("long", `${key}`) && starts("short", `${key}`));
  // Nothing is left of the keys but their starts, each of which still counts.
  assertEquals([[...limits.gates()], limits.singleStartsOf("long")], [[], 5]);
  assertEquals([starts("long", "0"), starts("long", "new")], [false, true]);
  now = 11;
  assertEquals([starts("long", "1"), starts("short", "1")], [false, true]);
  // The starts of a short period do not wait for those of a long one.
  for (const { at, fire } of timers.splice(0)) if (at <= now) fire();
  assertEquals([limits.singleStartsOf("short"), limits.singleStartsOf("long")], [1, 6]);
  now = 2_000;
  for (let due = timers.splice(0); due.length > 0; due = timers.splice(0)) {
    for (const { fire } of due) fire();
  }
  assertEquals(
    [[...limits.gates()], limits.singleStartsOf("short"), limits.singleStartsOf("long")],
    [
      [],
      0,
      0,
    ],
  );
});
