import { defineRoutine, event, slot } from "../../faces/routine.ts";
import { arrive, ARRIVED, countOf, type Latched, reached, RELEASED } from "../routines/latches.ts";

/** A way in which a handler fails where nobody awaits it. */
export type Way = keyof typeof WAYS;

/** The thrown error. */
class Late extends RangeError {}

function fail(): never {
  throw new Late("thrown late");
}

/** Each calls nothing that it is not to fail in, and returns at once. */
const WAYS = {
  timeout: () => void setTimeout(fail),
  "timeout within a timeout": () => void setTimeout(() => setTimeout(fail)),
  interval() {
    const id = setInterval(() => {
      clearInterval(id);
      fail();
    }, 1);
  },
  "rejected promise": () => void Promise.reject(new Late("thrown late")),
  "rejection in a timer": () => void setTimeout(() => Promise.reject(new Late("thrown late"))),
  "async function": () => void Promise.resolve().then(fail),
  reportError: () => reportError(new Late("thrown late")),
  "reportError in a timer": () => void setTimeout(() => reportError(new Late("thrown late"))),
  listener() {
    const target = new EventTarget();
    target.addEventListener("late", fail);
    target.dispatchEvent(new Event("late"));
  },
  "listener in a timer"() {
    const target = new EventTarget();
    target.addEventListener("late", fail);
    setTimeout(() => target.dispatchEvent(new Event("late")));
  },
  microtask: () => queueMicrotask(fail),
};

/** Set if the loop below is to fail. */
let isArmed = false;

// Belongs to no activation, as what a client of a database does in the background.
if ("WorkerGlobalScope" in globalThis) {
  setInterval(() => {
    if (isArmed) fail();
  }, 1);
}

export const ways = Object.keys(WAYS) as Way[];

/** Fails late, while it is executed or after its end. */
export const lateFailure = defineRoutine(import.meta, {
  slots: {
    during: slot<Way>(),
    after: slot<Latched & { readonly way: Way }>(),
    afterAtOnce: slot<Latched & { readonly way: Way }>(),
    unknown: slot<Latched>(),
    moody: slot<Latched & { readonly does: "nothing" | "leaves" | "awaits" }>(),
  },
  events: { done: event<string>() },
  handlers: {
    async during(way) {
      await Promise.resolve();
      WAYS[way]();
      await new Promise(() => {});
    },
    async after({ latches, way }, ctx) {
      await Promise.resolve();
      leave(latches, way);
      ctx.emit("done", "left it");
    },
    afterAtOnce({ latches, way }, ctx) {
      leave(latches, way);
      ctx.emit("done", "left it");
    },
    async unknown({ latches }) {
      isArmed = true;
      arrive(latches, ARRIVED);
      await new Promise(() => {});
    },
    // Awaits something only now and then, which nobody can know beforehand.
    moody({ latches, does }, ctx): void | Promise<void> {
      if (does === "nothing") return;
      arrive(latches, ARRIVED);
      if (does === "leaves") return leave(latches, "timeout");
      return reached(latches, RELEASED, 2).then(() => void ctx.emit("done", "awaited"));
    },
  },
});

/** Leaves something running that fails as soon as the test lets it. */
function leave(latches: SharedArrayBuffer, way: Way): void {
  const id = setInterval(() => {
    if (countOf(latches, RELEASED) === 0) return;
    clearInterval(id);
    WAYS[way]();
  }, 1);
}
