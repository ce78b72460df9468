// Deadlines drops the timers of ended jobs: a timer that is left holds its job in memory.

import { assertEquals } from "@std/assert";
import { now } from "../../src/data/clock.ts";
import { fold } from "../../src/engine/apply.ts";
import type { Command } from "../../src/engine/command.ts";
import type { Job } from "../../src/engine/job.ts";
import { type DeadlineHost, Deadlines } from "../../src/flow/deadlines.ts";
import { JobClocks } from "../../src/flow/job_clocks.ts";
import type { Effects } from "../../src/routine/effects.ts";
import { Bench, type BenchOptions, CANCEL, effects, emits, failure } from "../engine/harness.ts";

/** The bench counts its commands from the beginning of time. */
const IN_AN_HOUR = now() + 3_600_000;
const EXECUTION = { workerId: "w1", startedAt: 0, endedAt: 1 };
/** Nothing comes due here. */
const HOST: DeadlineHost = {
  due() {},
  timedOut() {},
  jobTimedOut() {},
  waitTimedOut() {},
};

/** A bench whose job has its times watched. */
class Watched {
  readonly bench: Bench;
  readonly deadlines = new Deadlines(HOST, new Map(), new JobClocks());
  readonly job: Job;

  constructor(options: BenchOptions, dueAt?: number) {
    this.bench = new Bench(options);
    this.job = this.bench.start("job", undefined, dueAt);
    for (const event of this.bench.events(this.job)) this.deadlines.watch(this.job, event);
  }

  do(command: Command): void {
    for (const event of this.bench.do(this.job, command)) this.deadlines.watch(this.job, event);
  }

  /** Begins the next activation. */
  begin(): string {
    const activationId = this.bench.engine.take()?.live.activation.activationId ?? "";
    this.do({ type: "begin", activationId, workerId: "w1" });
    return activationId;
  }

  complete(activationId: string, effects: Effects): void {
    this.do({ type: "complete", activationId, effects, execution: EXECUTION });
  }

  /** Lets the job wait for a signal. */
  wait(): void {
    const wait = { signal: "go", slot: "trigger", timeout: IN_AN_HOUR };
    this.complete(this.begin(), effects({ waits: [wait] }));
  }
}

/** Cases that end something timed before its time. */
const ENDS: Readonly<Record<string, () => void>> = {
  "an answered wait"() {
    const watched = new Watched({});
    watched.wait();
    watched.do({ type: "signal", signal: "go", payload: undefined });
    assertEquals(watched.job.status, "running");
  },
  "a wait of a cancelled job"() {
    const watched = new Watched({});
    watched.wait();
    watched.do(CANCEL);
  },
  "a cancelled delayed job"() {
    const watched = new Watched({}, IN_AN_HOUR);
    watched.do(CANCEL);
  },
  "a cancelled retry"() {
    const retry = { strategy: "retry", delay: IN_AN_HOUR, maxDelay: Infinity } as const;
    const watched = new Watched({ policies: { link: { onError: retry } } });
    watched.complete(watched.begin(), emits(1, 2));
    const activationId = watched.begin();
    const failed = { error: failure, execution: EXECUTION, chance: 0 };
    watched.do({ type: "fail", activationId, ...failed });
    watched.do({ type: "drop", activationId, error: failure });
    assertEquals([watched.job.status, watched.job.queued], ["running", 1]);
  },
  "an ended job on recovery"() {
    const activation = { activationId: "job/1", routineId: "source", slot: "trigger", payload: 1 };
    const about = { jobId: "job", at: 0 };
    const job = fold([
      { type: "job_started", ...about, seq: 1, flowId: "flow", activation, deadline: IN_AN_HOUR },
      { type: "job_cancelled", ...about, seq: 2 },
    ]);
    new Deadlines(HOST, new Map(), new JobClocks()).adopt(job, now());
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  Deno.test({ name: `Deadlines leaves no timer for ${what}`, sanitizeOps: true, fn: end });
}
