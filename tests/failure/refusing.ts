import { defineRoutine, event, type Schema, slot } from "@millrace/flow/routine";

interface Age {
  readonly years: number;
}

const schema: Schema<Age, Age> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value) {
      const { years } = value as Age;
      return typeof years === "number"
        ? { value: { years } }
        : { issues: [{ message: "is not a number", path: ["years"] }] };
    },
  },
};

/** Takes nothing but numbers. */
export const strict = defineRoutine(import.meta, {
  slots: { age: slot(schema) },
  handlers: {
    age(age, ctx) {
      ctx.sharedData.set("age", age);
    },
  },
});

/** Sends values that it should not, past the type checker. */
export const forger = defineRoutine(import.meta, {
  slots: {
    age: slot<unknown>(),
    url: slot<undefined>(),
    callback: slot<undefined>(),
    data: slot<undefined>(),
    exception: slot<undefined>(),
    port: slot<{ readonly flush: boolean }>(),
  },
  events: { forged: event<Age>() },
  handlers: {
    age(years, ctx) {
      ctx.emit("forged", { years } as Age);
    },
    url(_, ctx) {
      ctx.emit("forged", { site: { url: new URL("https://a.test") } } as unknown as Age);
    },
    callback(_, ctx) {
      ctx.emit("forged", { callback: () => {} } as unknown as Age);
    },
    data(_, ctx) {
      ctx.emit("forged", { years: 1 });
      ctx.sharedData.set("kept", { at: { url: new URL("https://a.test") as unknown } });
    },
    exception(_, ctx) {
      ctx.emit("forged", new DOMException("no", "AbortError") as unknown as Age);
    },
    async port({ flush }, ctx) {
      const { port1: port } = new MessageChannel();
      ctx.sharedData.set("port", "emitted");
      ctx.emit("forged", { port } as unknown as Age, { transfer: [port] });
      if (flush) await ctx.flush();
    },
  },
});
