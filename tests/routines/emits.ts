import { defineRoutine, event, slot } from "@millrace/flow/routine";

interface Carried {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Emits in ways that are not all allowed. */
export const sender = defineRoutine(import.meta, {
  slots: {
    moves: slot<number>(),
    movesInFlush: slot<number>(),
    movesPort: slot<undefined>(),
    copies: slot<undefined>(),
    unknown: slot<undefined>(),
    uncloneable: slot<"emit" | "sharedData" | "sharedLog" | "routineState" | "progress">(),
    catches: slot<undefined>(),
    late: slot<undefined>(),
  },
  events: { bytes: event<Carried>(), item: event<unknown>() },
  handlers: {
    moves(length, ctx) {
      const bytes = new Uint8Array(length).fill(7);
      ctx.emit("bytes", { bytes }, { transfer: [bytes.buffer] });
      ctx.sharedLog.append({ leftHere: bytes.byteLength });
    },
    async movesInFlush(length, ctx) {
      const bytes = new Uint8Array(length).fill(7);
      ctx.emit("bytes", { bytes }, { transfer: [bytes.buffer] });
      await ctx.flush();
    },
    movesPort(_, ctx) {
      const { port1, port2 } = new MessageChannel();
      ctx.emit("item", { port: port1 }, { transfer: [port1] });
      port2.close();
    },
    copies(_, ctx) {
      const bytes = new Uint8Array(2).fill(7);
      ctx.emit("bytes", { bytes });
      bytes.fill(0);
      ctx.sharedLog.append({ leftHere: bytes.byteLength });
    },
    unknown(_, ctx) {
      (ctx.emit as (event: string) => void)("nothing");
    },
    uncloneable(where, ctx) {
      const value = { user: { link: new URL("https://example.com/") as unknown } };
      switch (where) {
        case "emit":
          return ctx.emit("item", value);
        case "sharedData":
          return ctx.sharedData.set("key", value);
        case "sharedLog":
          return ctx.sharedLog.append(value);
        case "routineState":
          return ctx.routineState.patch(value);
        case "progress":
          return ctx.progress(value);
      }
    },
    catches(_, ctx) {
      try {
        ctx.emit("item", () => {});
      } catch (error) {
        ctx.emit("item", (error as Error).name);
      }
    },
    late(_, ctx) {
      ctx.sharedData.set("done", true);
      setTimeout(() => {
        try {
          ctx.emit("item", "too late");
        } catch (error) {
          new BroadcastChannel(ctx.jobId).postMessage((error as Error).name);
        }
      });
    },
  },
});

/** Takes what was moved or copied to it. */
export const receiver = defineRoutine(import.meta, {
  slots: { bytes: slot<Carried>() },
  events: { on: event<Carried>() },
  handlers: {
    async bytes({ bytes }, ctx) {
      const sum = bytes.reduce((sum, byte) => sum + byte, 0);
      await ctx.sharedData.update("sums", (sums: number[] = []) => [...sums, sum]);
      ctx.emit("on", { bytes }, { transfer: [bytes.buffer] });
    },
  },
});
