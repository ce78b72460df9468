import { defineRoutine, event, slot } from "@millrace/flow/routine";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  HANGS,
  type Latched,
  PEAK,
  raise,
  reached,
  RELEASED,
  RUNNING,
} from "./latches.ts";
import { standStill } from "./stand_still.ts";

/** Begins, and goes on only when the test lets it. */
export const gate = defineRoutine(import.meta, {
  slots: {
    hold: slot<Latched>(),
    stoppable: slot<Latched>(),
    spin: slot<Latched>(),
    failsOnceOthersArrived: slot<Latched>(),
    quiet: slot<Latched>(),
  },
  events: { done: event<Latched>() },
  handlers: {
    async hold({ latches }, ctx) {
      raise(latches, PEAK, arrive(latches, RUNNING));
      const turn = arrive(latches, ARRIVED);
      await reached(latches, RELEASED, turn);
      arrive(latches, RUNNING, -1);
      ctx.emit("done", { latches });
    },
    async stoppable({ latches }, ctx) {
      const { promise, reject } = Promise.withResolvers<never>();
      ctx.signal.addEventListener("abort", () => {
        ctx.progress((ctx.signal.reason as Error).name);
        arrive(latches, ABORTED);
        reject(ctx.signal.reason);
      });
      arrive(latches, ARRIVED);
      await promise;
    },
    spin({ latches }) {
      arrive(latches, ARRIVED);
      const givenUp = performance.now() + HANGS; // as no thread can be made to stop
      while (countOf(latches, RELEASED) === 0 && performance.now() < givenUp) standStill();
    },
    async failsOnceOthersArrived({ latches }) {
      await reached(latches, ARRIVED);
      throw new Error("others were at it");
    },
    async quiet({ latches }) {
      arrive(latches, ARRIVED);
      await reached(latches, RELEASED);
    },
  },
});

/** Sends several through at once, or one each of two kinds. */
export const crowd = defineRoutine(import.meta, {
  slots: { of: slot<Latched & { readonly size: number }>(), couple: slot<Latched>() },
  events: { member: event<Latched>(), one: event<Latched>(), other: event<Latched>() },
  handlers: {
    couple({ latches }, ctx) {
      ctx.emit("one", { latches });
      ctx.emit("other", { latches });
    },
    of({ latches, size }, ctx) {
      for (let i = 0; i < size; i++) ctx.emit("member", { latches });
    },
  },
});
