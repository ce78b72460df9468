import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** A parcel, and the behaviour of `second` when it gets it. */
export interface Parcel {
  readonly marks: string[];
  readonly does?: "awaits" | "asks" | "dies" | "fails" | "reports" | "waits";
}

let isSameStack = false;

/** Emits its parcel, or one with a single mark. */
export const first = defineRoutine(import.meta, {
  slots: { parcel: slot<Parcel>(), bare: slot<string>() },
  events: { next: event<Parcel>() },
  handlers: {
    bare(mark, ctx) {
      ctx.emit("next", { marks: [mark] });
    },
    parcel(parcel, ctx) {
      isSameStack = true;
      queueMicrotask(() => isSameStack = false);
      ctx.sharedData.set("first", parcel.marks.length);
      ctx.emit("next", parcel);
    },
  },
});

/** Marks its parcel, behaves as that says, and records whether it was called in the stack of `first`. */
export const second = defineRoutine(import.meta, {
  slots: { parcel: slot<Parcel>() },
  events: { next: event<Parcel>() },
  handlers: {
    async parcel(parcel, ctx) {
      const wentOn = isSameStack;
      parcel.marks.push(`${ctx.activationId} ${ctx.attempt}`);
      if (parcel.does === "dies" && ctx.attempt === 1) self.close();
      if (parcel.does === "fails" && ctx.attempt === 1) throw new Error("the first time");
      if (parcel.does === "reports") ctx.progress("half");
      if (parcel.does === "awaits") await new Promise((resolve) => setTimeout(resolve, 5));
      if (parcel.does === "asks") ctx.sharedLog.append(await ctx.sharedData.get("first"));
      if (parcel.does === "waits") {
        await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      }
      ctx.sharedData.set("wentOn", wentOn);
      ctx.emit("next", parcel);
    },
  },
});

/** Stores its parcel. */
export const third = defineRoutine(import.meta, {
  slots: { parcel: slot<Parcel>() },
  handlers: {
    parcel(parcel, ctx) {
      ctx.sharedData.set("marks", parcel.marks);
    },
  },
});

/** Fails with the time after which it asks to be retried, and then succeeds. */
export const limitedByServer = defineRoutine(import.meta, {
  slots: { retryAfter: slot<number>() },
  handlers: {
    retryAfter(retryAfter, ctx) {
      if (ctx.attempt > 1) return;
      throw Object.assign(new Error("429"), { retryAfter });
    },
  },
});
