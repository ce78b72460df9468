import { defineRoutine, event, slot } from "../../faces/routine.ts";
import { arrive, ARRIVED, PEAK } from "../routines/latches.ts";
import { standStill } from "../routines/stand_still.ts";

/** Emits what it is given. */
export const echo = defineRoutine(import.meta, {
  slots: { value: slot<unknown>() },
  events: { value: event<unknown>() },
  handlers: {
    value(value, ctx) {
      ctx.emit("value", value);
    },
  },
});

/** Does nothing, whatever it is given. */
export const ignorer = defineRoutine(import.meta, {
  slots: { value: slot<unknown>() },
  handlers: { value() {} },
});

/** Notes in shared memory that it has begun, and that it has ended. */
export const napper = defineRoutine(import.meta, {
  slots: { nap: slot<SharedArrayBuffer>(), stops: slot<SharedArrayBuffer>(), who: slot<void>() },
  events: { out: event<string>() },
  handlers: {
    async nap(latches, ctx) {
      arrive(latches, ARRIVED);
      await new Promise((resolve) => setTimeout(resolve, 20));
      ctx.emit("out", ctx.workerId);
      arrive(latches, PEAK);
    },
    async stops(latches, ctx) {
      const stopped = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      arrive(latches, ARRIVED);
      await stopped;
      arrive(latches, PEAK);
      ctx.signal.throwIfAborted();
    },
    who: (_, ctx) => void ctx.emit("out", ctx.workerId),
  },
});

/** Reports each of a number of steps. */
export const reporter = defineRoutine(import.meta, {
  slots: { steps: slot<number>() },
  events: { end: event<string>() },
  handlers: {
    async steps(steps, ctx) {
      for (let step = 1; step <= steps; step++) {
        await Promise.resolve();
        ctx.progress(step);
      }
      ctx.emit("end", "done");
    },
  },
});

/** Waits for its signal to abort, and says so. */
export const waiter = defineRoutine(import.meta, {
  slots: { go: slot<void>() },
  events: { stopped: event<string>() },
  handlers: {
    async go(_, ctx) {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      ctx.emit("stopped", String(ctx.signal.reason));
    },
  },
});

/** Holds its thread for a number of milliseconds, and ignores aborts. */
export const spinner = defineRoutine(import.meta, {
  slots: { ms: slot<number>() },
  events: { worker: event<string>() },
  handlers: {
    ms(ms, ctx) {
      if (ms > 1_000) ctx.progress("busy");
      const end = performance.now() + ms;
      while (performance.now() < end) standStill();
      ctx.emit("worker", ctx.workerId);
    },
  },
});

/** Breaks in the given way. */
export const breaker = defineRoutine(import.meta, {
  slots: { how: slot<keyof typeof WAYS>() },
  handlers: { how: (how) => WAYS[how]() },
});

const forEver = () => new Promise<void>(() => {});

const WAYS = {
  throw() {
    throw new RangeError("thrown");
  },
  async reject() {
    await Promise.reject(new RangeError("rejected"));
  },
  overflow(): void {
    WAYS.overflow();
  },
  close() {
    self.close();
    return forEver();
  },
  exit() {
    Deno.exit(7);
  },
  throwLate() {
    setTimeout(() => {
      throw new RangeError("thrown late");
    });
    return forEver();
  },
  rejectLate() {
    setTimeout(() => {
      Promise.reject(new RangeError("rejected late"));
    });
    return forEver();
  },
  leaveTimer() {
    setTimeout(() => {
      throw new RangeError("left behind");
    });
  },
  leaveLoop() {
    setTimeout(() => {
      const end = Date.now() + 2_000;
      while (Date.now() < end) standStill();
    });
  },
  block() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
  },
  spin() {
    const end = Date.now() + 2_000;
    while (Date.now() < end) standStill();
  },
} satisfies Record<string, () => void | Promise<void>>;

/** Shows its config, or changes a map in it. */
export const configured = defineRoutine(import.meta, {
  slots: { ask: slot<void>(), mark: slot<void>() },
  events: { seen: event<unknown>() },
  config: { name: "default", marks: new Map<string, number>(), nested: { list: [0] } },
  handlers: {
    ask(_, ctx) {
      const { config } = ctx;
      ctx.emit("seen", {
        config,
        isFrozen: Object.isFrozen(config) && Object.isFrozen(config.nested),
      });
    },
    mark(_, ctx) {
      ctx.config.marks.set("mark", ctx.config.marks.size + 1);
      ctx.emit("seen", ctx.config.marks);
    },
  },
});

/** Has a config that cannot be sent unless it is changed. */
export const demanding = defineRoutine(import.meta, {
  slots: { ask: slot<void>() },
  events: { seen: event<unknown>() },
  config: { name: (() => {}) as unknown as string },
  handlers: { ask: (_, ctx) => void ctx.emit("seen", ctx.config.name) },
});

const LARGE = new Uint8Array(new ArrayBuffer(100_000), 8, 90_000).fill(7);

/** Emits the same bytes each time, and an answer that shows that it still has them. */
export const keeper = defineRoutine(import.meta, {
  slots: { ask: slot<void>() },
  events: { bytes: event<Uint8Array>(), size: event<number>() },
  handlers: {
    ask(_, ctx) {
      ctx.emit("bytes", LARGE);
      ctx.emit("bytes", LARGE);
      ctx.emit("size", LARGE.buffer.byteLength);
    },
  },
});

/** Logs the size of bytes and the first of them, and then changes it. */
export const sink = defineRoutine(import.meta, {
  slots: { bytes: slot<Uint8Array>() },
  handlers: {
    bytes(bytes, ctx) {
      ctx.sharedLog.append([bytes.length, bytes[0]]);
      bytes[0] = 1;
    },
  },
});
