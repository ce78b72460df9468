import { defineRoutine, event, slot } from "@millrace/flow/routine";

class QuotaError extends Error {
  override readonly name = "QuotaError";
  readonly code = "E_QUOTA";
  readonly limits = { perDay: 10, kinds: ["read"] };
}

/** Throws, in each slot in another way. */
export const thrower = defineRoutine(import.meta, {
  slots: {
    plain: slot<string>(),
    whole: slot<undefined>(),
    aggregate: slot<undefined>(),
    value: slot<unknown>(),
    foreign: slot<undefined>(),
    rejects: slot<undefined>(),
    afterEffects: slot<undefined>(),
    ownErrors: slot<undefined>(),
    unwritable: slot<undefined>(),
    cycle: slot<undefined>(),
  },
  events: { item: event<number>() },
  handlers: {
    plain(message) {
      throw new Error(message);
    },
    whole() {
      const root = Object.assign(new RangeError("disk is full"), { code: "ENOSPC" });
      const cause = new TypeError("cannot write", { cause: root });
      throw new QuotaError("no more today", { cause });
    },
    aggregate() {
      const members = [new TypeError("one"), new QuotaError("two", { cause: "plain cause" })];
      throw new AggregateError(members, "both failed");
    },
    value(value) {
      throw value;
    },
    foreign() {
      new URL("not a url");
    },
    async rejects() {
      await Promise.resolve();
      throw new Error("later, yet awaited");
    },
    async afterEffects(_, ctx) {
      ctx.sharedData.set("written", true);
      await ctx.sharedData.update("updated", () => true);
      ctx.sharedLog.append("logged");
      ctx.routineState.patch({ patched: true });
      ctx.emit("item", 1);
      throw new Error("after all that");
    },
    ownErrors() {
      throw Object.assign(new Error("form"), { errors: [{ field: "age", rule: "min" }] });
    },
    unwritable() {
      throw Object.assign(new Error("odd"), { retry: Symbol("again"), when: new Date(0) });
    },
    cycle() {
      const error = new Error("its own cause");
      error.cause = error;
      throw error;
    },
  },
});
