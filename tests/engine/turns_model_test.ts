// Drives an engine with limits, maxJobs, priorities, groups and everything that can happen to an activation, and holds it
// to a model that looks at all activations each time.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { RoutineLimit } from "../../src/engine/gate.ts";
import { hasEnded, type Job, type LiveActivation } from "../../src/engine/job.ts";
import type { Fallback, Policy } from "../../src/graph/policy.ts";
import { engineRuns } from "../laws/runs.ts";
import { Bench, CANCEL, emits, failure } from "./harness.ts";

const POLICIES: readonly Policy<Fallback>[] = [
  {},
  { onError: { strategy: "retry", maxRetries: 2, delay: 0 } },
  { onError: { strategy: "retry", maxRetries: 2, delay: 7 } },
  { onError: { strategy: "skip" } },
];

const setups = fc.record({
  isSequential: fc.constantFrom(false, false, true),
  policy: fc.constantFrom(...POLICIES),
  limits: fc.constantFrom<Limits>(
    {},
    { source: most(1) },
    { link: most(1) },
    { link: most(2), sink: most(1) },
    { sink: most(3) },
    { source: most(1), link: most(1), sink: most(1) },
    { source: rate(2, 9), link: keyed(most(1)) },
    { link: keyed(rate(1, 20)), sink: rate(3, 5) },
    { source: keyed(most(1)), link: keyed(most(1)), sink: keyed(rate(2, 6)) },
    { source: keyed({ ...most(1), ...rate(2, 12) }), sink: keyed(most(1)) },
    { link: keyed({ ...most(2), ...rate(3, 40) }), sink: { ...most(1), ...rate(1, 3) } },
  ),
  maxJobs: fc.constantFrom(undefined, 1, 2, 3),
  isStaged: fc.boolean(),
  areKeysLate: fc.boolean(),
});
const steps = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 20, maxLength: 300 });

for (const isSequential of [false, true]) {
  Deno.test(`Engine.take() follows a model: ${isSequential ? "sequential" : "concurrent"}`, () => {
    const property = fc.property(setups, steps, (setup, steps) => {
      const drive = new Drive({ ...setup, isSequential });
      for (const [action, choice] of steps) drive.step(action, choice);
      drive.finish();
    });
    fc.assert(property, engineRuns(500));
  });
}

type Limits = Readonly<Record<string, Partial<RoutineLimit>>>;

function most(concurrency: number): Partial<RoutineLimit> {
  return { concurrency };
}

function rate(limit: number, per: number): Partial<RoutineLimit> {
  return { rate: { limit, per } };
}

function keyed(limit: Partial<RoutineLimit>): Partial<RoutineLimit> {
  return { ...limit, isKeyed: true };
}

/** The key of an activation. */
function keyOf({ activation: { activationId } }: LiveActivation): string {
  const [jobId = "", number] = activationId.split("/");
  return `k${(jobId.charCodeAt(jobId.length - 1) + Number(number)) % 3}`;
}

interface Setup {
  readonly isSequential: boolean;
  readonly policy: Policy<Fallback>;
  readonly limits: Limits;
  readonly maxJobs: number | undefined;
  readonly isStaged: boolean;
  /** `true` if keys are set some time after their activations were queued. */
  readonly areKeysLate: boolean;
}

interface Taken {
  readonly job: Job;
  readonly live: LiveActivation;
}

class Drive {
  readonly #bench: Bench;
  readonly #setup: Setup;
  readonly #limits: ReadonlyMap<string, RoutineLimit>;
  /** All activations that have had a key. */
  readonly #keyed = new Set<LiveActivation>();
  /** The times of the starts of each limit. */
  readonly #starts = new Map<string, number[]>();
  #jobs: Job[] = [];
  readonly #held = new Set<Job>();
  /** The activations that were taken, and that no worker has begun. */
  #taken: Taken[] = [];
  #started = 0;

  constructor(setup: Setup) {
    this.#setup = setup;
    const own = Object.entries(setup.limits).map(([id, limit]): [string, RoutineLimit] => [
      id,
      { concurrency: Infinity, isKeyed: false, ...limit },
    ]);
    // A sequential flow is left with its rates.
    this.#limits = new Map(
      own.filter(([, { rate }]) => !setup.isSequential || rate).map(([id, limit]) => [
        id,
        setup.isSequential ? { ...limit, concurrency: Infinity } : limit,
      ]),
    );
    this.#bench = new Bench({
      ...setup,
      isStaged: setup.isStaged && !setup.isSequential,
      limits: new Map(own),
      wiring: [
        "source.output -> link.input",
        "link.output -> sink.input",
        "source.output -> sink.input",
      ],
    });
  }

  get #engine(): Engine {
    return this.#bench.engine;
  }

  step(action: number, choice: number): void {
    const actions = Object.values(this.#actions);
    actions[action % actions.length]?.(choice);
    this.#check();
  }

  /** Lets all that is left end. */
  finish(): void {
    for (const { job, live } of this.#taken.splice(0).reverse()) this.#engine.giveBack(job, live);
    for (const job of this.#held) this.#engine.hold(job, false);
    this.#held.clear();
    for (const job of this.#jobs) this.#bench.do(job, { type: "resume" });
    for (let left = 20_000; this.#jobs.some((job) => !hasEnded(job)); left--) {
      assert(left > 0, "the jobs do not end");
      this.#setKeys();
      this.#check();
      const taken = this.#take();
      if (taken !== undefined) this.#begin(taken.job, taken.live);
      else {
        if (this.#engine.limits.keys.isIncomplete) continue;
        const executing = this.#executing();
        const later = this.#later();
        const { nextTimer } = this.#bench;
        assert(
          executing.length + later.length > 0 || nextTimer < Infinity,
          "nothing can go on",
        );
        if (executing.length > 0) this.#complete(executing[0]!, 0);
        else if (later.length > 0) this.#due(later[0]!);
        else this.#bench.time = nextTimer;
      }
    }
    this.#check();
    assertEquals([this.#engine.ready, this.#engine.queued, this.#engine.take()], [0, 0, undefined]);
    for (const job of this.#jobs) assertEquals(fold(this.#bench.events(job)), job);
    for (const { jobId } of this.#jobs) this.#engine.forget(jobId);
    assert(
      [...this.#keyed].every((live) => this.#engine.limits.keys.isMissing(live)),
      "a key is left",
    );
    // A key takes no memory once its starts are spent.
    this.#bench.time += 100;
    this.#settle();
    assertEquals([...this.#engine.limits.gates()].filter(({ key }) => key !== ""), []);
    assertEquals([...this.#engine.limits.gates()].filter(({ isUnused }) => !isUnused), []);
    // Neither places nor the room of jobs are lost: each can be used again.
    const routines = ["source", "link", "sink"];
    for (const routineId of routines) {
      for (let i = 0; i < 3; i++) {
        this.#bench.start(`after_${routineId}_${i}`, 0, undefined, {}, routineId);
      }
      const limit = this.#limits.get(routineId);
      const most = Math.min(limit?.concurrency ?? 3, limit?.rate?.limit ?? 3);
      // Each of the three has a key of its own.
      const expected = Math.min(3, limit?.isKeyed ? 3 : most, this.#setup.maxJobs ?? 3);
      this.#settle();
      this.#setKeys();
      let count = 0;
      const taken: Taken[] = [];
      for (let one = this.#engine.take(); one !== undefined; one = this.#engine.take()) {
        count++, taken.push(one);
      }
      assertEquals(count, expected, `places of ${routineId}`);
      for (const one of taken.reverse()) this.#engine.giveBack(one.job, one.live);
      for (let i = 0; i < 3; i++) {
        const job = this.#engine.job(`after_${routineId}_${i}`)!;
        this.#bench.do(job, CANCEL);
        this.#engine.forget(job.jobId);
      }
    }
  }

  readonly #actions: Readonly<Record<string, (choice: number) => void>> = {
    start: (choice) => {
      if (this.#started >= 8) return;
      const rank = {
        priority: choice % 5 === 0 ? choice % 3 : undefined,
        group: choice % 4 ? undefined : `g${choice % 3}`,
      };
      const due = choice % 7 === 0 ? this.#bench.time + 5 : undefined;
      this.#jobs.push(
        this.#bench.start(
          `j${this.#started++}`,
          0,
          due,
          rank,
          ["source", "link", "sink"][choice % 3],
        ),
      );
    },
    setKeys: () => this.#setKeys(),
    take: () => void this.#takeOne(),
    take2: () => void this.#takeOne(),
    begin: (choice) => {
      // A worker begins them in their order, each strand by itself.
      const one = this.#taken.splice(choice % Math.max(1, this.#taken.length), 1)[0];
      if (one !== undefined) this.#begin(one.job, one.live);
    },
    begin2: (choice) => this.#actions.begin!(choice),
    giveBack: () => {
      const one = this.#taken.pop();
      if (one !== undefined) this.#engine.giveBack(one.job, one.live);
    },
    revokeJob: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job !== undefined) this.#revoke(job);
    },
    complete: (choice) => {
      const one = pick(this.#executing(), choice);
      if (one !== undefined) this.#complete(one, choice >> 3);
    },
    complete2: (choice) => this.#actions.complete!(choice),
    fail: (choice) => {
      const one = pick(this.#executing(), choice);
      if (one !== undefined) this.#fail(one);
    },
    failQueued: (choice) => {
      // As if by its `queueTimeout`.
      const one = pick(this.#queued(), choice);
      if (one === undefined || choice % 2) return;
      this.#revokeOne(one.live);
      this.#fail(one);
    },
    drop: (choice) => {
      const one = pick(this.#queued(), choice);
      if (one === undefined || choice % 3) return;
      this.#revokeOne(one.live);
      this.#bench.do(one.job, {
        type: "drop",
        activationId: one.live.activation.activationId,
        error: failure,
      });
    },
    due: (choice) => {
      const one = pick(this.#later(), choice);
      if (one !== undefined) this.#due(one);
    },
    pause: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job === undefined) return;
      this.#revoke(job);
      this.#bench.do(job, { type: "pause" });
    },
    resume: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job !== undefined) this.#bench.do(job, { type: "resume" });
    },
    hold: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job === undefined) return;
      const isHeld = !this.#held.has(job);
      if (isHeld) this.#held.add(job);
      else this.#held.delete(job);
      this.#engine.hold(job, isHeld);
    },
    cancel: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job === undefined || choice % 4) return;
      this.#revoke(job);
      this.#bench.do(job, CANCEL);
    },
    forget: (choice) => {
      const job = pick(this.#jobs, choice);
      if (job === undefined || !(hasEnded(job) || choice % 16 === 0)) return;
      // As if its store has refused it.
      this.#revoke(job);
      const executing = [...job.live.values()].filter(({ state }) => state === "executing");
      this.#engine.forget(job.jobId);
      this.#jobs = this.#jobs.filter((one) => one !== job);
      for (const live of executing) this.#engine.left(job, live);
    },
  };

  #takeOne(): void {
    const taken = this.#take();
    if (taken !== undefined) this.#taken.push(taken);
  }

  #take(): Taken | undefined {
    const candidates = this.#candidates(false);
    const sure = this.#isIdle ? this.#candidates(true) : [];
    this.#settle();
    const { ready } = this.#engine;
    const taken = this.#engine.take();
    if (taken === undefined) {
      assert(sure.length === 0, `nothing is taken although ${names(sure)} may begin`);
      assertEquals(this.#engine.ready, 0, "ready without anything");
      return undefined;
    }
    assert(ready > 0, "something is taken although nothing is ready");
    assert(candidates.some(({ live }) => live === taken.live), `${names([taken])} may not begin`);
    // Of its job and routine, it is the first.
    const own = candidates.filter(({ job, live }) =>
      job === taken.job &&
      (this.#setup.isSequential || live.activation.routineId === taken.live.activation.routineId)
    );
    const key = this.#limitOf(taken.live);
    const expected =
      own.filter(({ live }) =>
        live.retries === 0 && (this.#setup.isSequential || this.#limitOf(live) === key)
      )[0];
    if (this.#setup.isSequential) {
      assertEquals(names([taken]), names(this.#inOrder(taken.job).slice(0, 1)), "order");
    } else if (taken.live.retries === 0) {
      assertEquals(names([taken]), names(expected ? [expected] : []), "order");
    }
    return taken;
  }

  #begin(job: Job, live: LiveActivation): void {
    this.#bench.do(job, {
      type: "begin",
      activationId: live.activation.activationId,
      workerId: "w",
    });
    this.#starts.getOrInsertComputed(this.#limitOf(live), () => []).push(this.#bench.time);
  }

  #complete({ job, live }: Taken, choice: number): void {
    const payloads = live.activation.routineId === "sink" ? [] : Array(choice % 4).fill(0);
    this.#bench.complete(job, live.activation.activationId, emits(...payloads));
  }

  #fail({ job, live }: Taken): void {
    this.#bench.do(job, { type: "stall", outage: 0 });
    // What a job drops at its end is revoked first.
    this.#revokeOthers(job, live);
    this.#bench.fail(job, live.activation.activationId);
  }

  #revokeOthers(job: Job, live: LiveActivation): void {
    for (const one of this.#taken.filter((one) => one.job === job && one.live !== live).reverse()) {
      this.#revokeOne(one.live);
    }
  }

  #revoke(job: Job): void {
    for (const one of this.#taken.filter((one) => one.job === job).reverse()) {
      this.#revokeOne(one.live);
    }
  }

  #revokeOne(live: LiveActivation): void {
    const at = this.#taken.findIndex((one) => one.live === live);
    if (at < 0) return;
    const [one] = this.#taken.splice(at, 1);
    this.#engine.giveBack(one!.job, one!.live);
  }

  #due({ job, live }: Taken): void {
    this.#bench.time = Math.max(this.#bench.time, live.dueAt);
    this.#engine.due(job, live);
    this.#isDue.add(live);
  }

  /** The queued activations of a job that no time keeps, in the order in which a sequential flow takes them. */
  #inOrder(job: Job): Taken[] {
    const taken = new Set(this.#taken.map(({ live }) => live));
    return [...job.live.values()]
      .filter((live) => live.state === "queued" && !taken.has(live) && !this.#isLater(live))
      .map((live) => ({ job, live, number: this.#numberOf(live) }))
      .sort((a, b) => a.number - b.number);
  }

  /** Returns the place of an activation in its job, from the time at which it is due. A retry comes first. */
  #numberOf(live: LiveActivation): number {
    const known = this.#numbers.get(live);
    if (known?.retries === live.retries) return known.number;
    const number = (live.attempt > 0 ? -1 : 1) * ++this.#numbered;
    this.#numbers.set(live, { retries: live.retries, number });
    return number;
  }

  readonly #numbers = new WeakMap<LiveActivation, { retries: number; number: number }>();
  #numbered = 0;
  readonly #isDue = new WeakSet<LiveActivation>();
  readonly #retriesOf = new WeakMap<LiveActivation, number>();

  #all(state: LiveActivation["state"]): Taken[] {
    return this.#jobs.flatMap((job) =>
      [...job.live.values()].filter((live) => live.state === state).map((live) => ({ job, live }))
    );
  }

  #executing(): Taken[] {
    return this.#all("executing");
  }

  #queued(): Taken[] {
    return this.#all("queued");
  }

  /** Those that wait for a time, which `due` was not called for. */
  #later(): Taken[] {
    return this.#queued().filter(({ live }) => this.#isLater(live));
  }

  #isLater(live: LiveActivation): boolean {
    // A pause moves the time of one that waits, but does not make it due.
    if (this.#retriesOf.get(live) !== live.retries) {
      this.#retriesOf.set(live, live.retries);
      this.#isDue.delete(live);
      if (live.dueAt <= this.#bench.time) this.#isDue.add(live);
    }
    return !this.#isDue.has(live);
  }

  /** All activations that may begin, by the model. */
  #candidates(isSure: boolean): Taken[] {
    const isTaken = new Set(this.#taken.map(({ live }) => live));
    const { isSequential, maxJobs = Infinity, policy } = this.#setup;
    const running = this.#jobs.filter((job) => this.#isRunning(job, isSure)).length;
    return this.#jobs.flatMap((job) => {
      if (!this.#isOpen(job)) return [];
      if (!this.#hasBegun(job) && running >= maxJobs) return [];
      const { onError } = policy;
      if (
        isSequential && typeof onError === "object" && "strategy" in onError &&
        onError.strategy === "retry"
      ) {
        const blocks = [...job.live.values()].some((live) =>
          live.state === "executing" || isTaken.has(live) ||
          (this.#isLater(live) && live.attempt > 0)
        );
        if (blocks) return [];
      }
      // In a sequential flow, the first one blocks the others.
      return this.#inOrder(job).slice(0, isSequential ? 1 : undefined)
        .filter(({ live }) => !this.#isFull(live));
    });
  }

  #isOpen(job: Job): boolean {
    return !this.#held.has(job) && !hasEnded(job) && job.stopping === undefined &&
      (job.status === "running" || job.status === "pending");
  }

  #hasBegun(job: Job): boolean {
    return this.#taken.some((one) => one.job === job) || job.known > 1 ||
      [...job.live.values()].every(({ attempt }) => attempt > 0);
  }

  /** A job counts while something of it executes, was taken, or may be taken but for a worker. */
  #isRunning(job: Job, isSure: boolean): boolean {
    if (hasEnded(job) || !this.#hasBegun(job)) return false;
    return this.#taken.some((one) => one.job === job) || job.executing > 0 ||
      (isSure && this.#waitsForWorker(job));
  }

  #waitsForWorker(job: Job): boolean {
    if (!this.#isOpen(job)) return false;
    return this.#inOrder(job).slice(0, this.#setup.isSequential ? 1 : undefined)
      .some(({ live }) => !this.#isFull(live));
  }

  /** Returns the name of the limit that an activation counts to. */
  #limitOf(live: LiveActivation): string {
    const { routineId } = live.activation;
    return this.#limits.get(routineId)?.isKeyed ? `${routineId} ${keyOf(live)}` : routineId;
  }

  /** Checks whether the limit of an activation has no room for it, or its key is not set. */
  #isFull(live: LiveActivation): boolean {
    const limit = this.#limits.get(live.activation.routineId);
    if (limit === undefined) return false;
    if (limit.isKeyed && !this.#keyed.has(live)) return true;
    const name = this.#limitOf(live);
    const isOwn = (one: Taken) => this.#limitOf(one.live) === name;
    const taken = this.#taken.filter(isOwn).length;
    if (this.#executing().filter(isOwn).length + taken >= limit.concurrency) return true;
    const { rate } = limit;
    if (rate === undefined) return false;
    const since = this.#bench.time - rate.per;
    const starts = this.#starts.get(name)?.filter((at) => at > since) ?? [];
    return starts.length + taken >= rate.limit;
  }

  /** Lets the time of limits pass, and sets the keys of the queued activations. */
  #settle(): void {
    this.#bench.fire();
    if (!this.#setup.areKeysLate) this.#setKeys();
  }

  #setKeys(): void {
    for (const { job, live } of this.#engine.limits.keys.takeMissing()) {
      // One that has ended needs no key.
      if (live.state !== "queued" || this.#engine.job(job.jobId) !== job) continue;
      this.#engine.limits.setKey(live, keyOf(live));
      this.#keyed.add(live);
    }
  }

  #check(): void {
    this.#settle();
    this.#later();
    for (const job of this.#jobs) this.#inOrder(job);
    const counts = new Map<string, number>();
    for (const { live } of [...this.#executing(), ...this.#taken]) {
      const most = this.#limits.get(live.activation.routineId)?.concurrency ?? Infinity;
      const name = this.#limitOf(live);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      assert(
        this.#setup.isSequential || counts.get(name)! <= most,
        `${counts.get(name)} of ${name}`,
      );
    }
    for (const [name, starts] of this.#starts) {
      const rate = this.#limits.get(name.split(" ")[0]!)?.rate;
      if (rate === undefined) continue;
      // No period has more starts than the limit.
      starts.slice(rate.limit).forEach((at, i) => {
        assert(at - starts[i]! >= rate.per, `${starts} of ${name}`);
      });
    }
    assertEquals(
      new Set(this.#taken.map(({ live }) => live)).size,
      this.#taken.length,
      "taken twice",
    );
    assertEquals(this.#engine.queued, this.#jobs.reduce((sum, { queued }) => sum + queued, 0));
    const mustBeReady = this.#isIdle ||
      !this.#setup.isSequential && this.#setup.maxJobs === undefined;
    if (mustBeReady && this.#candidates(true).length > 0) {
      assert(this.#engine.ready > 0, "nobody wakes the pool");
    }
  }

  get #isIdle(): boolean {
    return this.#taken.length === 0 && this.#executing().length === 0;
  }
}

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[choice % Math.max(1, items.length)];
}

function names(all: readonly Taken[]): string {
  return all.map(({ live }) => live.activation.activationId).join(" ");
}
