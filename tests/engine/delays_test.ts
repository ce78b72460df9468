// Emits with a delay in the engine: each begins in its time, in the order of its time, and none is lost. The
// model knows only when each was committed.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fold } from "../../src/engine/apply.ts";
import type { Command } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Job } from "../../src/engine/job.ts";
import type { Activation, JobEvent } from "../../src/engine/job_event.ts";
import type { Effects, Emit } from "../../src/routine/effects.ts";
import { Bench, CANCEL, effects } from "./harness.ts";

/** An emit on `output`. */
type Option = Pick<Emit, "delay" | "when">;

function emitting(...options: readonly Option[]): Effects {
  return effects({
    emits: options.map((option, i) => ({ event: "output", payload: i, timestamp: 0, ...option })),
  });
}

/** A job that has emitted with these options, and the activations of the emits. */
function emitted(bench: Bench, ...options: readonly Option[]): { job: Job; queued: Activation[] } {
  const job = bench.start("j");
  bench.complete(job, bench.take(), emitting(...options));
  const queued = [...job.live.values()].map(({ activation }) => activation);
  return { job, queued };
}

Deno.test("Router.emit() adds the delay to the time of the commit", () => {
  const bench = new Bench({
    wiring: ["source.output -> link.input", "source.output -> sink.input"],
  });
  const { queued } = emitted(bench, { delay: 7 }, {});
  assertEquals(queued.map(({ routineId, emit, dueAt }) => [routineId, emit, dueAt]), [
    ["link", 0, bench.time + 7],
    ["sink", 0, bench.time + 7],
    ["link", 1, undefined],
    ["sink", 1, undefined],
  ]);
});

Deno.test("Engine.take() takes a delayed activation only when it is due", () => {
  const bench = new Bench();
  const { job } = emitted(bench, { delay: 10 }, {});
  assertEquals([job.queued, bench.engine.ready], [2, 1]);
  assertEquals([bench.take(), bench.take()], ["j/3", undefined]);
  bench.complete(job, "j/3");
  assertEquals([job.status, job.queued, bench.engine.queued], ["running", 1, 1]);
  bench.engine.due(job, job.live.get("j/2")!);
  bench.complete(job, bench.take());
  assertEquals(job.status, "completed");
});

Deno.test("Engine.take() passes delayed activations of a sequential flow", () => {
  const onError = { strategy: "retry", delay: 1_000 } as const;
  const bench = new Bench({ isSequential: true, policies: { link: { onError } } });
  const { job } = emitted(bench, { delay: 10 }, {}, {});
  for (const id of ["j/3", "j/4"]) {
    assertEquals([bench.take(), bench.take()], [id, undefined]);
    if (id === "j/3") bench.engine.due(job, job.live.get("j/2")!);
    bench.complete(job, id);
  }
  // Once it has begun, it blocks the others like any other one.
  assertEquals(bench.take(), "j/2");
  bench.fail(job, "j/2");
  assertEquals(bench.take(), undefined);
});

Deno.test("Emit.delay of a held emit counts from its commit", () => {
  const bench = new Bench();
  const { job, queued: [soon, late] } = emitted(
    bench,
    { delay: 5, when: "resumed" },
    { delay: 500, when: "resumed" },
  );
  bench.time += 50;
  bench.do(job, { type: "resume" });
  const [one, other] = [job.live.get(soon!.activationId)!, job.live.get(late!.activationId)!];
  assertEquals([one.dueAt, one.queuedAt], [bench.time, bench.time]);
  assertEquals([other.dueAt, other.queuedAt], [late!.dueAt, late!.dueAt]);
  assertEquals([bench.take(), bench.take()], [soon!.activationId, undefined]);
  bench.engine.due(job, other);
  assertEquals(bench.take(), late!.activationId);
});

Deno.test("Engine.adopt() queues activations in the order of their delays", () => {
  const bench = new Bench();
  const { job } = emitted(bench, { delay: 9 }, { delay: 3 }, {}, { delay: 9 }, { delay: 90 });
  const engine = new Engine("flow", bench.rules);
  engine.adopt(fold(structuredClone(bench.events(job))), bench.time + 20);
  const taken = Array.from({ length: 5 }, () => engine.take()?.live.activation.activationId);
  assertEquals(taken, ["j/4", "j/3", "j/2", "j/5", undefined]);
  // An outage, which is left out of their clocks, does not change that.
  const other = new Engine("flow", bench.rules);
  const again = fold(structuredClone(bench.events(job)));
  other.adopt(again, bench.time + 20);
  other.dispatch(again, { type: "recover" }, bench.time + 20);
  assertEquals(Array.from(taken, () => other.take()?.live.activation.activationId), taken);
});

Deno.test("apply() drops delayed activations of a stopped job and none of a rerun", () => {
  const bench = new Bench();
  const { job } = emitted(bench, { delay: 9 });
  const before = structuredClone(bench.events(job));
  bench.do(job, CANCEL);
  assertEquals([job.status, job.cancelled, bench.engine.queued], ["cancelled", 1, 0]);
  const at = bench.time;
  const seq = before.length + 1;
  const rerun = fold([...before, { type: "job_recovered", jobId: "j", seq, at, fresh: true }]);
  assertEquals([...rerun.live.values()].map(({ dueAt, queuedAt }) => [dueAt, queuedAt]), [[
    at,
    at,
  ]]);
});

/** A step of a run. */
type Step =
  | { readonly do: "emit"; readonly options: readonly Option[] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "take" | "complete" | "pause" | "resume" | "recover" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("emit" as const),
      options: fc.array(
        fc.record({
          delay: fc.constantFrom(0.5, 5, 5, 40),
          when: fc.constant("resumed" as const),
        }, { requiredKeys: [] }),
        { maxLength: 4 },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.double({ min: 0, max: 30, noNaN: true }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "take",
        "take",
        "take",
        "complete",
        "complete",
        "pause",
        "resume",
        "resume",
        "recover",
      ),
    }),
  },
);

/** A source that flushes emits, and what receives them, in an engine whose timers are those of the model. */
class Run {
  readonly #rules;
  readonly #events: JobEvent[];
  #engine: Engine;
  #time = 1;
  job: Job;
  /** The emits that have not begun, in their order. */
  readonly #left = new Map<
    string,
    { readonly option: Option; readonly due: number; isHeld: boolean }
  >();
  /** The activations that the engine has queued, or was asked to. */
  readonly #lined = new Set<string>();
  /** The activations that were queued, of which the others have a timer. */
  readonly #seen = new Set<string>();
  readonly #taken: string[] = [];
  readonly begun: { readonly id: string; readonly option: Option }[] = [];

  constructor(isSequential: boolean) {
    this.#rules = new Bench({ isSequential }).rules;
    this.#engine = new Engine("flow", this.#rules);
    const entry = { jobId: "j", routineId: "source", slot: "trigger", payload: 0 };
    this.#events = [this.#engine.start(entry, this.#time)];
    this.job = this.#engine.job("j")!;
    this.#begin("j/1");
  }

  do(step: Step): void {
    switch (step.do) {
      case "emit":
        return this.#emit(step.options);
      case "wait":
        return this.wait(step.ms);
      case "take":
        return this.take();
      case "complete": {
        const activationId = this.#taken.shift();
        if (activationId !== undefined) this.#complete(activationId);
        return;
      }
      case "pause":
        return void this.#execute({ type: "pause" });
      case "resume":
        return this.resume();
      case "recover":
        return this.#recover();
    }
  }

  wait(ms: number): void {
    this.#time += ms;
    const due = [...this.job.live.values()]
      .filter(({ state, dueAt, activation: { activationId } }) =>
        state === "queued" && dueAt <= this.#time && !this.#lined.has(activationId)
      )
      .sort((one, other) => one.dueAt - other.dueAt);
    for (const live of due) {
      this.#lined.add(live.activation.activationId);
      this.#engine.due(this.job, live);
    }
  }

  resume(): void {
    this.#execute({ type: "resume" });
    for (const one of this.#left.values()) one.isHeld = false;
  }

  take(): void {
    const ready = [...this.#left].filter(([id, { isHeld }]) => !isHeld && this.#lined.has(id));
    const taken = this.#engine.take();
    if (taken === undefined) {
      assert(this.job.status === "paused" || ready.length === 0, "one that is due was not taken");
      return;
    }
    const { activationId } = taken.live.activation;
    const one = this.#left.get(activationId);
    assert(one !== undefined, `${activationId} was taken twice`);
    assert(!one.isHeld && this.job.status !== "paused", "it was held");
    assert(one.due <= this.#time, "it was taken before its time");
    this.#left.delete(activationId);
    this.begun.push({ id: activationId, option: one.option });
    this.#begin(activationId);
    this.#taken.push(activationId);
  }

  /** Ends all that executes, and then all that is left. */
  finish(): void {
    this.#complete("j/1");
    this.resume();
    for (let rounds = 0; this.job.live.size > 0; rounds++) {
      assert(rounds < 1_000, "the job does not end");
      this.wait(1);
      this.take();
      const activationId = this.#taken.shift();
      if (activationId !== undefined) this.#complete(activationId);
    }
    assertEquals([this.#left.size, this.job.status], [0, "completed"]);
    assertEquals(fold(structuredClone(this.#events)), this.job);
  }

  #emit(options: readonly Option[]): void {
    const first = this.job.known + 1;
    const effects = emitting(...options);
    const events = this.#execute({ type: "flush", activationId: "j/1", effects });
    const at = events[0]!.at;
    options.forEach((option, i) => {
      const { delay = 0, when } = option;
      this.#left.set(`j/${first + i}`, { option, due: at + delay, isHeld: when !== undefined });
    });
  }

  #begin(activationId: string): void {
    this.#execute({ type: "begin", activationId, workerId: "w" });
  }

  #complete(activationId: string): void {
    const execution = { workerId: "w", startedAt: this.#time, endedAt: this.#time };
    this.#execute({ type: "complete", activationId, effects: effects(), execution });
  }

  /** The process dies while nothing but the source executes. */
  #recover(): void {
    while (this.#taken.length > 0) this.#complete(this.#taken.shift()!);
    this.#lined.clear();
    this.#seen.clear();
    this.job = fold(structuredClone(this.#events));
    this.#engine = new Engine("flow", this.#rules);
    this.#time += 0.25;
    this.#engine.adopt(this.job, this.#time);
    this.#events.push(...this.#engine.dispatch(this.job, { type: "recover" }, this.#time));
    this.#look();
    // The source is the first one that was queued.
    if (this.job.status === "paused") this.resume();
    assertEquals(this.#engine.take()?.live.activation.activationId, "j/1");
    this.#begin("j/1");
  }

  #execute(command: Command): JobEvent[] {
    this.#time += 0.25;
    const events = this.#engine.dispatch(this.job, command, this.#time);
    this.#events.push(...events);
    this.#look();
    return events;
  }

  /** Notes what the engine queues by itself, as it is due when it is committed, released or recovered. */
  #look(): void {
    for (const { state, dueAt, activation: { activationId } } of this.job.live.values()) {
      if (state !== "queued" || this.#seen.has(activationId)) continue;
      this.#seen.add(activationId);
      if (dueAt <= this.#time) this.#lined.add(activationId);
    }
  }
}

for (const isSequential of [false, true]) {
  Deno.test(`Emit.delay begins each activation once in its order (sequential: ${isSequential})`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const run = new Run(isSequential);
        for (const step of steps) run.do(step);
        run.finish();
        for (const delay of [undefined, 0.5, 5, 40]) {
          const begun = run.begun.filter(({ option }) =>
            option.delay === delay && option.when === undefined
          );
          const numbers = begun.map(({ id }) => Number(id.slice(2)));
          assertEquals(numbers, numbers.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 1_000 },
    );
  });
}
