import type { RoutineLimit } from "../../src/engine/gate.ts";
import type { Ranked } from "../../src/engine/fair_queue.ts";
import { assert } from "@std/assert";
import { type SerializedError, serializeError } from "../../src/data/serialized_error.ts";
import type { Command, Rules } from "../../src/engine/command.ts";
import type { JobStart } from "../../src/engine/job_start.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Job } from "../../src/engine/job.ts";
import type { Activation, JobEvent } from "../../src/engine/job_event.ts";
import {
  effectivePolicy,
  type Fallback,
  type Policy,
  type RoutinePolicy,
} from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import { stagesOf } from "../../src/graph/stages_of.ts";
import type { Effects } from "../../src/routine/effects.ts";
import { graph, link, sink, source } from "../graph/graphs.ts";

/** Effects with what is given in them. */
export function effects(some: Partial<Effects> = {}): Effects {
  return { emits: [], sharedData: [], sharedLog: [], ...some };
}

/** Effects that emit these payloads on `output`. */
export function emits(...payloads: readonly unknown[]): Effects {
  return effects({
    emits: payloads.map((payload) => ({ event: "output", payload, timestamp: 0 })),
  });
}

/** The error of every failure here. */
export const failure = serializeError(new RangeError("no"));

/** To cancel a job. */
export const CANCEL = { type: "stop", outcome: "cancelled", error: failure } as const;

/** The options of a bench. */
export interface BenchOptions {
  readonly wiring?: readonly string[];
  readonly policies?: Readonly<Record<string, RoutinePolicy<Fallback>>>;
  readonly policy?: Policy<Fallback>;
  readonly maxCrashes?: number;
  readonly maxErrors?: number;
  readonly isSequential?: boolean;
  readonly limits?: ReadonlyMap<string, RoutineLimit>;
  readonly maxJobs?: number | undefined;
  /** `true` if later stages come first. */
  readonly isStaged?: boolean;
}

/** An engine over `source -> link -> sink`, with a clock that counts the commands. */
export class Bench {
  readonly engine: Engine;
  readonly rules: Rules;
  readonly #streams = new Map<Job, JobEvent[]>();
  #timers: { readonly at: number; readonly fire: () => void }[] = [];
  /** The time of the last command. */
  time = 0;

  constructor(
    {
      wiring = ["source.output -> link.input", "link.output -> sink.input"],
      policies = {},
      policy = {},
      maxCrashes = 3,
      maxErrors,
      isSequential = false,
      limits,
      maxJobs,
      isStaged = false,
    }: BenchOptions = {},
  ) {
    const parts = graph({ source, link, sink }, wiring);
    const effective = parts.nodes.map(({ id }) =>
      [id, effectivePolicy(policies[id] ?? {}, policy)] as const
    );
    this.rules = {
      routes: new Routes(parts),
      policies: new Map(effective),
      maxCrashes,
      maxErrors,
      isSequential,
      limits,
      maxJobs,
      stages: isStaged ? stagesOf(parts) : undefined,
    };
    this.engine = new Engine("flow", this.rules, {
      now: () => this.time,
      wakeAt: (at, fire) => void this.#timers.push({ at, fire }),
      sweepAt: (at, fire) => void this.#timers.push({ at, fire }),
      parked() {},
    });
  }

  /** Fires the timers of limits whose time has come. */
  fire(): void {
    const due = this.#timers.filter(({ at }) => at <= this.time).sort((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { fire } of due) fire();
    if (due.length > 0) this.fire();
  }

  /** The time of the next timer of a limit. */
  get nextTimer(): number {
    return Math.min(...this.#timers.map(({ at }) => at));
  }

  /** Starts a job, at the source by default. */
  start(
    jobId = "job",
    payload?: unknown,
    dueAt?: number,
    rank: Ranked = {},
    routineId = "source",
  ): Job {
    const when = dueAt === undefined ? {} : { dueAt };
    const slot = routineId === "source" ? "trigger" : "input";
    const entry = { jobId, routineId, slot, payload, ...when, ...rank };
    return this.#started(entry);
  }

  /** Starts a job that is fed at the source. */
  startFed(jobId = "job", rank: Ranked = {}): Job {
    const place = { routineId: "source", slot: "trigger", payload: undefined };
    return this.#started({ jobId, ...place, isFed: true, ...rank });
  }

  #started(start: JobStart): Job {
    const event = this.engine.start(start, ++this.time);
    const job = this.engine.job(start.jobId);
    assert(job !== undefined);
    this.#streams.set(job, [event]);
    return job;
  }

  do(job: Job, command: Command): readonly JobEvent[] {
    const events = this.engine.dispatch(job, command, ++this.time);
    this.#streams.get(job)?.push(...events);
    return events;
  }

  /** Takes the next activation and begins it; gives its id, or `undefined`. */
  take(workerId = "w1"): string | undefined {
    const taken = this.engine.take();
    if (taken === undefined) return undefined;
    const { activationId } = taken.live.activation;
    this.do(taken.job, { type: "begin", activationId, workerId });
    return activationId;
  }

  /** Completes an activation that was taken. */
  complete(job: Job, activationId = "", effects = emits()): readonly JobEvent[] {
    const execution = { workerId: "w1", startedAt: this.time, endedAt: this.time + 1 };
    return this.do(job, { type: "complete", activationId, effects, execution });
  }

  /** Fails an activation that was taken. */
  fail(
    job: Job,
    activationId = "",
    how: { crashed?: true; isLast?: true; error?: SerializedError } = {},
  ) {
    const what = { error: failure, execution: undefined, chance: 0.5, ...how };
    return this.do(job, { type: "fail", activationId, ...what });
  }

  /** All that happened to a job. */
  events(job: Job): readonly JobEvent[] {
    return this.#streams.get(job) ?? [];
  }

  /** The activations of a job that are queued, oldest first. */
  queued({ live }: Job): Activation[] {
    return [...live.values()].filter(({ state }) => state === "queued")
      .map(({ activation }) => activation);
  }
}

/** The types of JobEvents, in order. */
export function typesOf(events: readonly JobEvent[]): string[] {
  return events.map(({ type }) => type);
}
