import { defineRoutine, event, type RoutineContext, slot } from "@millrace/flow/routine";

/** The payload of `risky`. */
export interface Risk {
  /** The number of attempts that fail. */
  readonly fails: number;
}

/** Fails as many attempts as its payload says. */
export const risky = defineRoutine(import.meta, {
  slots: { item: slot<Risk>() },
  events: { done: event<number>(), spare: event<string>() },
  handlers: {
    item({ fails }, ctx) {
      if (ctx.attempt <= fails) throw new RangeError(`attempt ${ctx.attempt}`);
      ctx.emit("done", ctx.attempt);
    },
  },
});

/** Stores its payload under its id. */
export const sink = defineRoutine(import.meta, {
  slots: { item: slot<unknown>() },
  handlers: {
    item(item, ctx) {
      ctx.sharedData.set(ctx.routineId, item);
    },
  },
});

/** The payload of a generated routine. */
export interface Parcel {
  /** The number of activations it may lead to, its own included: so that every cycle ends. */
  readonly budget: number;
  /** Decides what happens to it. */
  readonly tag: number;
}

/** The habits of a generated routine, each once in the given number of times; 0 for never. */
export interface Habits {
  readonly throws: number;
  readonly closes: number;
  readonly dawdles: number;
  /** The number of its emits. */
  readonly emits: number;
  /** Counts what executes at once, over all workers: now, and the most so far. */
  readonly gauge: SharedArrayBuffer | undefined;
}

const events = { out: event<Parcel>() };
const config: Habits = { throws: 0, closes: 0, dawdles: 0, emits: 1, gauge: undefined };

/** A routine that fails, ends its worker or takes its time as its config and the parcel say. */
export const habitual = defineRoutine(import.meta, {
  slots: { item: slot<Parcel>() },
  events,
  config,
  handlers: {
    async item({ budget, tag }, ctx: RoutineContext<typeof events, Habits>) {
      const { throws, closes, dawdles, emits, gauge } = ctx.config;
      const chance = mix(tag, ctx.attempt);
      enter(gauge);
      try {
        ctx.sharedData.set(ctx.activationId, ctx.jobId);
        ctx.sharedLog.append(ctx.activationId);
        ctx.routineState.patch({ [ctx.activationId]: true });
        await ctx.sharedData.update("count", (count: number = 0) => count + 1);
        for (let i = 0; i < emits && budget > emits; i++) {
          const share = Math.floor((budget - 1) / emits);
          void ctx.emit("out", { budget: share, tag: mix(tag, i) });
        }
        if (dawdles > 0 && chance % dawdles === 0) await stopped(ctx.signal);
        if (throws > 0 && chance % throws === 1) throw new RangeError(`refused ${tag}`);
      } finally {
        leave(gauge);
      }
      if (closes === 0 || chance % closes !== 2) return;
      self.close();
      await new Promise(() => {});
    },
  },
});

/** A number that looks random and is always the same. */
export function mix(tag: number, by: number): number {
  return Math.imul(tag ^ (by + 0x9e3779b9), 0x01000193) >>> 3;
}

/** Takes some time, but no longer than it may. */
async function stopped(signal: AbortSignal): Promise<void> {
  const timer = Promise.withResolvers<void>();
  setTimeout(timer.resolve, 30);
  const abort = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  await Promise.race([timer.promise, abort]);
}

function enter(gauge: SharedArrayBuffer | undefined): void {
  if (gauge === undefined) return;
  const cells = new Int32Array(gauge);
  const inside = Atomics.add(cells, 0, 1) + 1;
  for (let seen = Atomics.load(cells, 1); seen < inside; seen = Atomics.load(cells, 1)) {
    Atomics.compareExchange(cells, 1, seen, inside);
  }
}

function leave(gauge: SharedArrayBuffer | undefined): void {
  if (gauge !== undefined) Atomics.sub(new Int32Array(gauge), 0, 1);
}
