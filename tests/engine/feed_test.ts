// Jobs that are fed, in the engine alone: by example, and held to a model.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import { countsOf, hasEnded, type Job } from "../../src/engine/job.ts";
import { engineRuns } from "../laws/runs.ts";
import { Bench, CANCEL, emits, typesOf } from "./harness.ts";

Deno.test("Engine.decide() queues an activation for each item of a feed", () => {
  const bench = new Bench();
  const job = bench.startFed();
  assertEquals([job.status, job.known], ["running", 0]);
  const [taken] = bench.do(job, { type: "feed", payloads: ["a", "b"] });
  assert(taken?.type === "feed_taken");
  assertEquals(taken.queued, [
    { activationId: "job/1", routineId: "source", slot: "trigger", payload: "a" },
    { activationId: "job/2", routineId: "source", slot: "trigger", payload: "b" },
  ]);
  bench.do(job, { type: "feed", payloads: ["c"] });
  assertEquals(job.feed, { routineId: "source", slot: "trigger", taken: 3, hasEnded: false });
  assertEquals(bench.queued(job).map(({ payload }) => payload), ["a", "b", "c"]);
});

Deno.test("Engine.decide() completes a job whose feed ends without an item", () => {
  const bench = new Bench();
  const job = bench.startFed();
  assertEquals(typesOf(bench.do(job, { type: "endFeed" })), ["feed_ended", "job_completed"]);
  assertEquals(bench.do(job, { type: "feed", payloads: [1] }), []);
});

Deno.test("Engine.decide() ignores a feed for a job that was not started with one", () => {
  const bench = new Bench();
  const job = bench.start();
  assertEquals(bench.do(job, { type: "feed", payloads: [1] }), []);
  assertEquals(bench.do(job, { type: "endFeed" }), []);
});

Deno.test("Engine.decide() leaves a recovered job with an open feed running", () => {
  const bench = new Bench();
  const job = bench.startFed();
  assertEquals(typesOf(bench.do(job, { type: "recover" })), ["job_recovered"]);
  assertEquals(hasEnded(job), false);
});

Deno.test("Engine.decideStart() starts a fed job as pending while maxJobs others run", () => {
  const bench = new Bench({ maxJobs: 1 });
  const other = bench.start("other");
  const first = bench.take();
  const job = bench.startFed();
  assertEquals(job.status, "pending");
  bench.do(job, { type: "feed", payloads: ["a"] });
  assertEquals([job.status, bench.engine.ready, bench.take()], ["pending", 0, undefined]);
  bench.complete(other, first);
  assertEquals([bench.take(), job.status], ["job/1", "running"]);
});

const steps = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 10, maxLength: 120 });

Deno.test("Engine ends a fed job when its feed has ended and nothing is left", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const drive = new Drive();
      for (const [action, choice] of steps) drive.step(action, choice);
      drive.finish();
    }),
    engineRuns(400),
  );
});

/** Drives one fed job, and counts what is left of it. */
class Drive {
  readonly #bench = new Bench({ policy: { onError: { strategy: "skip" } } });
  readonly #job: Job = this.#bench.startFed();
  readonly #executing: string[] = [];
  /** The items that were taken, and the activations that followed from them, that have not ended. */
  #left = 0;
  #taken = 0;
  #isOpen = true;

  readonly #actions: Readonly<Record<string, (choice: number) => void>> = {
    feed: (choice) => {
      const size = choice % 4;
      this.#bench.do(this.#job, { type: "feed", payloads: Array<number>(size).fill(choice) });
      if (!this.#isOpen) return;
      this.#taken += size;
      this.#left += size;
    },
    begin: () => this.#begin(),
    beginAnother: () => this.#begin(),
    complete: (choice) => this.#complete(choice),
    completeAnother: (choice) => this.#complete(choice),
    fail: (choice) => {
      const [activationId] = this.#executing.splice(choice % (this.#executing.length || 1), 1);
      if (activationId === undefined) return;
      this.#bench.fail(this.#job, activationId);
      this.#left--;
    },
    end: (choice) => {
      if (choice % 5 > 0) return;
      this.#bench.do(this.#job, { type: "endFeed" });
      this.#isOpen = false;
    },
    pause: () => void this.#bench.do(this.#job, { type: "pause" }),
    resume: () => void this.#bench.do(this.#job, { type: "resume" }),
    cancel: (choice) => {
      if (choice % 7 > 0) return;
      this.#bench.do(this.#job, CANCEL);
      this.#isOpen = false;
      this.#left = this.#executing.length;
    },
  };

  step(action: number, choice: number): void {
    const actions = Object.values(this.#actions);
    actions[action % actions.length]?.(choice);
    this.#check();
  }

  finish(): void {
    this.#bench.do(this.#job, { type: "endFeed" });
    this.#isOpen = false;
    this.#bench.do(this.#job, { type: "resume" });
    while (this.#left > 0) {
      this.#begin();
      this.#complete(0);
      this.#check();
    }
    this.#check();
    assert(hasEnded(this.#job));
  }

  #begin(): void {
    const activationId = this.#bench.take();
    if (activationId !== undefined) this.#executing.push(activationId);
  }

  #complete(choice: number): void {
    const [activationId] = this.#executing.splice(choice % (this.#executing.length || 1), 1);
    if (activationId === undefined) return;
    const { routineId } = this.#job.live.get(activationId)?.activation ?? {};
    // An item leads to one activation of the next routine, at times.
    const isFollowed = routineId === "source" && choice % 2 === 1 && !this.#job.stopping;
    this.#bench.complete(this.#job, activationId, isFollowed ? emits(choice) : emits());
    if (!isFollowed) this.#left--;
  }

  #check(): void {
    const job = this.#job;
    const stream = this.#bench.events(job);
    assertEquals(hasEnded(job), !this.#isOpen && this.#left === 0);
    assertEquals([job.feed?.taken, job.feed?.hasEnded], [this.#taken, !this.#isOpen]);
    const { queued, executing, completed, failed, skipped, cancelled, known } = countsOf(job);
    assertEquals(queued + executing + completed + failed + skipped + cancelled, known);
    assertEquals(fold(structuredClone(stream)), job);
    assertEquals(stream.map(({ seq }) => seq), stream.map((_, i) => i + 1));
  }
}
