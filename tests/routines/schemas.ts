import { defineRoutine, type Schema, type SchemaIssue, slot } from "@millrace/flow/routine";

interface Order {
  readonly item: string;
  readonly count: number;
}

/** A schema as of a library: it takes the count as text, and fills in an absent one. */
function orderSchema(
  give: <T>(result: T) => T | Promise<T>,
): Schema<{ item: string; count?: string }, Order> {
  const validate = (value: unknown) => {
    const { item, count = "1" } = value as Record<string, unknown>;
    const issues: SchemaIssue[] = [];
    if (typeof item !== "string") issues.push({ message: "is not a text", path: ["item"] });
    if (!/^\d+$/.test(String(count))) {
      issues.push({ message: "is not a number", path: [{ key: "count" }, 0] });
    }
    return issues.length > 0 ? { issues } : { value: { item: String(item), count: Number(count) } };
  };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => give(validate(value)),
    },
  };
}

/** A promise that is no `Promise`, as that of a library. */
function thenable<T>(result: T): Promise<T> {
  const then: Promise<T>["then"] = (...args) => Promise.resolve(result).then(...args);
  return { then } as Promise<T>;
}

/** Takes orders as its schemas give them. */
export const orders = defineRoutine(import.meta, {
  slots: {
    sync: slot(orderSchema((result) => result)),
    async: slot(orderSchema((result) => Promise.resolve(result))),
    thenable: slot(orderSchema(thenable)),
    broken: slot<unknown, unknown>({
      "~standard": {
        version: 1,
        vendor: "test",
        validate() {
          throw new RangeError("the schema itself fails");
        },
      },
    }),
  },
  handlers: {
    sync(order, ctx) {
      ctx.sharedData.set("order", order);
    },
    async(order, ctx) {
      ctx.sharedData.set("order", order);
    },
    thenable(order, ctx) {
      ctx.sharedData.set("order", order);
    },
    broken(order, ctx) {
      ctx.sharedData.set("order", order);
    },
  },
});
