import { delay } from "@std/async/delay";
import {
  defineRoutine,
  event,
  type FailedPayload,
  type RoutineContext,
  slot,
} from "@millrace/flow/routine";

/** The rate at which a routine fails, as part of its config; by default, it never fails. */
export const NO_CHAOS = { chaos: 0, seed: 1 };

/** The error with which the demo's routines fail on purpose. */
export class ChaosError extends Error {
  override readonly name = "ChaosError";
}

type Doomed = Pick<
  RoutineContext<never, typeof NO_CHAOS>,
  "config" | "jobId" | "routineId" | "attempt"
>;

/**
 * Fails at the rate in the config. For one seed, the same attempt of the same job and routine
 * always has the same outcome, regardless of other jobs, and also after a restart.
 *
 * @throws {ChaosError} If this attempt is to fail.
 */
export function riskChaos({ config: { chaos, seed }, jobId, routineId, attempt }: Doomed): void {
  if (chance(`${seed} ${jobId} ${routineId} ${attempt}`) >= chaos) return;
  throw new ChaosError(`${routineId} was made to fail at attempt ${attempt}`);
}

/** Returns a number from 0 to below 1 that depends only on the text (FNV-1a, then mixed). */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The field that every stage adds to its result. */
export interface Stamped {
  /** The time at which it was created, in epoch milliseconds. */
  readonly timestamp: number;
}

/** The payload of a job: the reading of a gauge in the mill race. */
export interface Sample {
  readonly gauge: string;
  /** Centimetres of water. */
  readonly level: number;
}

/** A sample that was read. */
export interface Reading extends Sample, Stamped {}

/** A reading, and the corresponding flow of water. */
export interface Processed extends Reading {
  /** Litres a second. */
  readonly flow: number;
}

/** A processed reading that is within the gauge's range. */
export interface Validated extends Processed {
  readonly verdict: "valid";
}

/** A processed reading that is invalid, with the reason. */
export interface Rejected extends Processed {
  readonly verdict: "invalid";
  readonly reason: string;
}

/** A valid reading, with the results of all earlier stages. */
export interface Aggregate extends Validated {
  readonly gathered: Readonly<Record<string, Stamped>>;
}

/** Reads the gauge. */
export const dataSource = defineRoutine(import.meta, {
  slots: { trigger: slot<Sample>() },
  events: { output: event<Reading>() },
  config: { delayMs: 100, ...NO_CHAOS },
  handlers: {
    async trigger(sample, ctx) {
      await work(ctx);
      ctx.emit("output", keep(ctx, "reading", sample));
    },
  },
});

/** Computes the flow of water from its level. */
export const dataProcessor = defineRoutine(import.meta, {
  slots: { input: slot<Reading>() },
  events: { output: event<Processed>() },
  config: { delayMs: 150, flowAtOneMetre: 1800, ...NO_CHAOS },
  handlers: {
    async input(reading, ctx) {
      await work(ctx);
      const metres = Math.max(0, reading.level) / 100;
      const flow = Math.round(ctx.config.flowAtOneMetre * metres ** 1.5);
      ctx.emit("output", keep(ctx, "processed", { flow, ...reading }));
    },
  },
});

/** Emits valid readings on one event, and the others on `error`. */
export const dataValidator = defineRoutine(import.meta, {
  slots: { input: slot<Processed>() },
  events: { output: event<Validated>(), error: event<Rejected>() },
  config: { delayMs: 120, maxLevel: 250, ...NO_CHAOS },
  handlers: {
    async input(processed, ctx) {
      await work(ctx);
      const { level } = processed;
      const { maxLevel } = ctx.config;
      if (level >= 0 && level <= maxLevel) {
        ctx.emit("output", keep(ctx, "validated", { verdict: "valid", ...processed }));
      } else {
        const reason = `a level of ${level} cm is not from 0 to ${maxLevel} cm`;
        ctx.emit("error", keep(ctx, "rejected", { verdict: "invalid", reason, ...processed }));
      }
    },
  },
});

/** Collects the results of the earlier stages. */
export const dataAggregator = defineRoutine(import.meta, {
  slots: { input: slot<Validated>() },
  events: { output: event<Aggregate>() },
  config: { delayMs: 180, ...NO_CHAOS },
  handlers: {
    async input(validated, ctx) {
      await work(ctx);
      const gathered: Record<string, Stamped> = {};
      for (const key of ["reading", "processed", "validated"]) {
        const made = await ctx.sharedData.get<Stamped>(key);
        if (made !== undefined) gathered[key] = made;
      }
      ctx.emit("output", keep(ctx, "aggregate", { gathered, ...validated }));
    },
  },
});

/** Writes the final report of a job, whether its reading was valid or not. */
export const dataReporter = defineRoutine(import.meta, {
  slots: {
    aggregate: slot<Aggregate>(),
    rejected: slot<Rejected>(),
    ungathered: slot<FailedPayload<Validated>>(),
  },
  config: { delayMs: 100, ...NO_CHAOS },
  handlers: {
    async aggregate({ gauge, level, flow, verdict, gathered }, ctx) {
      await work(ctx);
      const stages = Object.keys(gathered).join(", ");
      keep(ctx, "report", { verdict, gauge, level, flow, stages });
    },
    async rejected({ gauge, level, verdict, reason }, ctx) {
      await work(ctx);
      keep(ctx, "report", { verdict, gauge, level, reason });
    },
    async ungathered({ payload: { gauge, level, flow, verdict }, error }, ctx) {
      await work(ctx);
      keep(ctx, "report", { verdict, gauge, level, flow, stages: `skipped (${error.message})` });
    },
  },
});

type Working = Pick<
  RoutineContext<never, typeof NO_CHAOS & { delayMs: number }>,
  "config" | "signal" | "jobId" | "routineId" | "attempt"
>;
type Keeping = Pick<RoutineContext, "now" | "sharedData" | "sharedLog" | "routineState">;

/** Simulates work by a delay, which ends when the job is cancelled, and fails at the chaos rate. */
async function work(ctx: Working): Promise<void> {
  await delay(ctx.config.delayMs, { signal: ctx.signal });
  riskChaos(ctx);
}

/** Adds a timestamp to the result of a stage, stores it for later stages, and logs it. */
function keep<Made extends object>(ctx: Keeping, key: string, made: Made): Made & Stamped {
  // Set last, so that it replaces the timestamp of the payload.
  const stamped = { ...made, timestamp: ctx.now() };
  ctx.sharedData.set(key, stamped);
  ctx.sharedLog.append({ action: `made ${key}` });
  ctx.routineState.patch({ status: "done", made: key, timestamp: stamped.timestamp });
  return stamped;
}
