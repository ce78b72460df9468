import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { valueSize } from "../../src/data/value_size.ts";
import type { Command } from "../../src/engine/command.ts";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import { QueuedBytes } from "../../src/flow/queued_bytes.ts";
import { Bench, CANCEL, effects, failure } from "../engine/harness.ts";

/** A payload of a size in kilobytes. */
const kilobytes = (size: number) => ({ bytes: new Uint8Array(size * 1_024) });

/** The sizes of the queued payloads of a job, added up. */
function sumOf({ live }: Job): number {
  return [...live.values()].filter(({ state }) => state === "queued")
    .reduce((sum, { activation }) => sum + valueSize(activation.payload), 0);
}

/** An engine with a job at random, whose queued bytes are counted. */
class Counted {
  readonly bytes = new QueuedBytes();
  readonly bench = new Bench({
    wiring: [
      "source.output -> link.input",
      "source.output -> sink.input",
      "link.output -> sink.input",
    ],
    policies: {
      link: { onError: { strategy: "retry", maxRetries: 3, delay: 5 } },
      sink: { onError: "continue" },
    },
  });
  job: Job = this.bench.start("job", kilobytes(7));
  /** JobEvents that were applied and are not reported yet. */
  readonly #late: JobEvent[] = [];

  /** Checks whether all JobEvents were reported. */
  get isUpToDate(): boolean {
    return this.#late.length === 0;
  }

  /**
   * Executes a command and reports its JobEvents, or leaves them for the next command: then as if code of the user had
   * executed that one before these were reported.
   */
  do(command: Command, isLate = false): void {
    const events = this.bench.do(this.job, command);
    if (isLate) return void this.#late.push(...events);
    this.bytes.changed(this.job, events);
    this.bytes.changed(this.job, this.#late.splice(0));
  }

  /** Lets another process take over the job. */
  takeOver(): void {
    this.job = structuredClone(this.job);
    this.bench.engine.forget("job");
    this.bench.engine.adopt(this.job, ++this.bench.time);
    this.bytes.of(this.job);
    this.do({ type: "recover" });
  }

  lives(state: LiveActivation["state"]): LiveActivation[] {
    return [...this.job.live.values()].filter((live) => live.state === state);
  }
}

interface Step {
  readonly action: keyof typeof ACTIONS;
  /** Selects an activation. */
  readonly which: number;
  /** The sizes of emits in kilobytes, and those that are held back. */
  readonly emits: readonly (readonly [size: number, isHeld: boolean])[];
  readonly isLate: boolean;
}

function emitsOf({ emits }: Step) {
  return effects({
    emits: emits.map(([size, isHeld]) => ({
      event: "output",
      payload: kilobytes(size),
      timestamp: 0,
      ...isHeld && { when: "resumed" as const },
    })),
  });
}

/** Returns the id of one of several activations. */
function idOf(lives: readonly LiveActivation[], { which }: Step): string | undefined {
  return lives[which % Math.max(1, lives.length)]?.activation.activationId;
}

const EXECUTION = { workerId: "w1", startedAt: 0, endedAt: 1 };

const ACTIONS = {
  begin(counted: Counted, step: Step) {
    const activationId = idOf(counted.lives("queued"), step);
    if (activationId === undefined) return;
    counted.do({ type: "begin", activationId, workerId: "w1" }, step.isLate);
  },
  flush(counted: Counted, step: Step) {
    const activationId = idOf(counted.lives("executing"), step);
    if (activationId === undefined) return;
    counted.do({ type: "flush", activationId, effects: emitsOf(step) }, step.isLate);
  },
  complete(counted: Counted, step: Step) {
    const activationId = idOf(counted.lives("executing"), step);
    if (activationId === undefined) return;
    const effects = emitsOf(step);
    counted.do({ type: "complete", activationId, effects, execution: EXECUTION }, step.isLate);
  },
  fail(counted: Counted, step: Step) {
    const activationId = idOf(counted.lives("executing"), step);
    if (activationId === undefined) return;
    const failed = { error: failure, execution: EXECUTION, chance: 0.5 };
    counted.do({ type: "fail", activationId, ...failed }, step.isLate);
  },
  drop(counted: Counted, step: Step) {
    const activationId = idOf([...counted.job.live.values()], step);
    if (activationId === undefined) return;
    counted.do({ type: "drop", activationId, error: failure }, step.isLate);
  },
  pause: (counted: Counted, { isLate }: Step) => counted.do({ type: "pause" }, isLate),
  resume: (counted: Counted, { isLate }: Step) => counted.do({ type: "resume" }, isLate),
  leave: (counted: Counted, { isLate }: Step) => counted.do({ type: "leave" }, isLate),
  takeOver: (counted: Counted) => counted.takeOver(),
  stop: (counted: Counted, { isLate }: Step) => counted.do(CANCEL, isLate),
} as const;

const STEP: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom("begin", "flush", "complete") },
    {
      weight: 8,
      arbitrary: fc.constantFrom("fail", "drop", "pause", "resume", "leave", "takeOver"),
    },
    { weight: 1, arbitrary: fc.constant("stop") },
  ),
  which: fc.nat(20),
  emits: fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 4 }),
  isLate: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

Deno.test("QueuedBytes.of() is the sum of the queued payloads after any changes", () => {
  const steps = fc.array(STEP, { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.nat(10), (steps, asksFrom) => {
      const counted = new Counted();
      for (const [i, step] of steps.entries()) {
        ACTIONS[step.action](counted, step);
        if (i < asksFrom || !counted.isUpToDate) continue;
        assertEquals(counted.bytes.of(counted.job), sumOf(counted.job), step.action);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("QueuedBytes.changed() measures nothing of a job whose size nobody has asked for", () => {
  let reads = 0;
  const payload = {
    get bytes() {
      reads++;
      return new Uint8Array(2_048);
    },
  };
  const bytes = new QueuedBytes();
  const bench = new Bench();
  const [job, other] = [bench.start("job"), bench.start("other")];
  assertEquals(bytes.of(other), 0);
  bench.take();
  const emits = effects({ emits: [{ event: "output", payload, timestamp: 0 }] });
  bytes.changed(job, bench.complete(job, "job/1", emits));
  assertEquals(reads, 0);
  assertEquals([bytes.of(job), reads], [2_056, 1]);
  assertEquals([bytes.of(job), reads], [2_056, 1]);
});
