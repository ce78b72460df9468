import { defineRoutine, event, Flow, slot } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";

/** Doubles a number; fails at 13, unless the file `mended` exists, and with hostile texts at 666. */
export const double = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  events: { doubled: event<number>() },
  config: { mended: "" },
  handlers: {
    async number(number, ctx) {
      const { mended } = ctx.config;
      if (number === 666) {
        ctx.sharedData.set("\u001b[31mkey", { "\u009b31m": "\u001b[2Jvalue\n\u202eend" });
        ctx.sharedLog.append("\u001b]0;title\u0007\nlog");
        await ctx.flush();
        throw new RangeError("\u001b[31mred\nnext line\u009b0m");
      }
      if (number === 13 && (mended === "" || !exists(mended))) throw new RangeError("unlucky");
      ctx.sharedLog.append({ doubled: number });
      ctx.emit("doubled", number * 2);
    },
  },
});

/** Stores a number in the shared data. */
export const keep = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: {
    number(number, ctx) {
      ctx.sharedData.set("result", number);
    },
  },
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Returns the flow of the tests of the command line. */
export function flow({ store, mended = "" }: { store?: Store; mended?: string } = {}) {
  return new Flow({ id: "numbers", maxWorkers: 1, ...store && { store } })
    .add("double", double, { config: { mended } })
    .add("keep", keep)
    .connect("double.doubled", "keep.number");
}
