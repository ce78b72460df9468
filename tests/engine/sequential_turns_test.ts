// A job gets its turn again after each possible outcome of an activation that was taken.

import { assert } from "@std/assert";
import fc from "fast-check";
import { hasEnded, type Job, type LiveActivation } from "../../src/engine/job.ts";
import { engineRuns } from "../laws/runs.ts";
import { Bench, CANCEL, emits } from "./harness.ts";

const STRATEGIES = [
  { strategy: "retry", maxRetries: 3, delay: 0 },
  { strategy: "retry", maxRetries: 3, delay: 50 },
  { strategy: "skip" },
] as const;

for (const isSequential of [true, false]) {
  const strategy = isSequential ? "sequential" : "concurrent";
  Deno.test(`Engine.take() never starves a ${strategy} job`, () => {
    const steps = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 20, maxLength: 200 });
    const property = fc.property(fc.constantFrom(...STRATEGIES), steps, (onError, steps) => {
      const bench = new Bench({ isSequential, policy: { onError } });
      const drive = new Drive(bench);
      for (const [action, choice] of steps) drive.step(action, choice);
    });
    fc.assert(property, engineRuns(200));
  });
}

/** An activation, and its job. */
interface Taken {
  readonly job: Job;
  readonly live: LiveActivation;
}

/** Drives an engine as a pool, timers and a user would. */
class Drive {
  readonly #bench: Bench;
  readonly #jobs: Job[] = [];
  /** The activations that were taken, and that no worker has begun. */
  #taken: Taken[] = [];
  /** The activations that wait for their next attempts. */
  readonly #later = new Set<LiveActivation>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  step(action: number, choice: number): void {
    const actions = Object.values(this.#actions);
    actions[action % actions.length]?.(choice);
    this.#check();
  }

  readonly #actions: Readonly<Record<string, (choice: number) => void>> = {
    start: () => {
      if (this.#jobs.length < 4) this.#jobs.push(this.#bench.start(`j${this.#jobs.length}`));
    },
    take: () => {
      const taken = this.#bench.engine.take();
      if (taken !== undefined) this.#taken.push(taken);
    },
    giveBack: () => {
      const taken = this.#taken.pop();
      if (taken !== undefined) this.#bench.engine.giveBack(taken.job, taken.live);
    },
    begin: (choice) => {
      const [taken] = this.#taken.splice(choice % (this.#taken.length || 1), 1);
      if (taken === undefined) return;
      const { activationId } = taken.live.activation;
      this.#bench.do(taken.job, { type: "begin", activationId, workerId: "w1" });
    },
    complete: (choice) => {
      const taken = this.#pick("executing", choice);
      if (taken) this.#bench.complete(taken.job, taken.live.activation.activationId, emits(1, 2));
    },
    fail: (choice) => this.#fail(this.#pick("executing", choice)),
    timeOut: (choice) => this.#fail(this.#pick("queued", choice)),
    timeOutTaken: (choice) => this.#fail(this.#taken[choice % (this.#taken.length || 1)]),
    drop: (choice) => {
      const taken = this.#pick("queued", choice);
      if (taken === undefined) return;
      this.#revoke(taken);
      const { activationId } = taken.live.activation;
      this.#bench.do(taken.job, { type: "drop", activationId, error: CANCEL.error });
    },
    due: (choice) => {
      const later = [...this.#later].filter(({ state }) => state === "queued");
      const live = later[choice % (later.length || 1)];
      const job = this.#jobs.find((job) => job.live.has(live?.activation.activationId ?? ""));
      if (live === undefined || job === undefined) return;
      this.#bench.time = Math.max(this.#bench.time, live.dueAt);
      this.#later.delete(live);
      this.#bench.engine.due(job, live);
    },
    pause: (choice) => this.#do("pause", choice),
    resume: (choice) => this.#do("resume", choice),
    cancel: (choice) => {
      const job = this.#jobs[choice % 16];
      if (job !== undefined) this.#bench.do(job, CANCEL);
    },
  };

  #do(type: "pause" | "resume", choice: number): void {
    const job = this.#jobs[choice % (this.#jobs.length || 1)];
    if (job !== undefined) this.#bench.do(job, { type });
  }

  #fail(taken: Taken | undefined): void {
    if (taken === undefined) return;
    this.#revoke(taken);
    for (const event of this.#bench.fail(taken.job, taken.live.activation.activationId)) {
      if (event.type !== "activation_retrying" || event.dueAt <= event.at) continue;
      this.#later.add(taken.live);
    }
  }

  #revoke({ live }: Taken): void {
    this.#taken = this.#taken.filter((taken) => taken.live !== live);
  }

  /** Returns an activation in a state, except those that wait for their next attempts. */
  #pick(state: LiveActivation["state"], choice: number): Taken | undefined {
    const all = this.#jobs.flatMap((job) => [...job.live.values()].map((live) => ({ job, live })))
      .filter(({ live }) => live.state === state && !this.#later.has(live));
    return all[choice % (all.length || 1)];
  }

  #check(): void {
    const { engine } = this.#bench;
    this.#taken = this.#taken.filter(({ live }) => live.state === "queued");
    const all: Taken[] = [];
    for (let taken = engine.take(); taken !== undefined; taken = engine.take()) all.push(taken);
    for (const { job, live } of all.toReversed()) engine.giveBack(job, live);
    for (const job of this.#jobs) {
      if (!this.#isToHaveTurn(job)) continue;
      assert(all.some((taken) => taken.job === job), `${job.jobId} has nothing to take`);
    }
  }

  #isToHaveTurn(job: Job): boolean {
    if (hasEnded(job) || job.status === "paused" || job.executing > 0) return false;
    if (this.#taken.some((taken) => taken.job === job)) return false;
    const queued = [...job.live.values()].filter(({ state }) => state === "queued");
    // In a sequential job, an activation that waits for its next attempt may block the others.
    const later = queued.filter((live) => this.#later.has(live));
    return queued.length > later.length && !later.some(({ attempt }) => attempt > 0);
  }
}
