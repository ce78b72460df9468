import { defineRoutine, slot } from "@millrace/flow/routine";

/** An error of a user's own. */
export class LimitError extends Error {
  /** The number that were made here. */
  static made = 0;
  override readonly name = "LimitError";
  readonly code = "E_LIMIT";
  readonly limits = new Map([["perDay", 10]]);

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    LimitError.made++;
  }

  /** Advice to the user. */
  get advice(): string {
    return "come back tomorrow";
  }
}

/** Throws, in each slot in another way. */
export const thrower = defineRoutine(import.meta, {
  slots: {
    limit: slot<unknown>(),
    chain: slot<unknown>(),
    aggregate: slot<unknown>(),
    deep: slot<unknown>(),
    rejects: slot<unknown>(),
    value: slot<unknown>(),
    functionValue: slot<unknown>(),
  },
  handlers: {
    limit() {
      throw new LimitError("no more today");
    },
    chain() {
      const third = new LimitError("third", { cause: { reason: "the last" } });
      throw new Error("first", { cause: new TypeError("second", { cause: third }) });
    },
    aggregate() {
      const inner = new AggregateError([new Error("inner")], "two");
      throw new AggregateError([new LimitError("one"), inner, "a text"], "all failed");
    },
    deep() {
      outer();
    },
    async rejects() {
      await Promise.resolve();
      throw new RangeError("later");
    },
    value(value) {
      throw value;
    },
    functionValue() {
      throw () => {};
    },
  },
});

function outer(): void {
  inner();
}

function inner(): void {
  throw new RangeError("two calls down");
}
