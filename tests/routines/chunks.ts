import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** The chunks that a source emits. */
export interface Chunks {
  readonly count: number;
  /** The size of each, in bytes. */
  readonly size: number;
  /** `true` to move them instead of copying them. */
  readonly moves?: boolean;
}

/** Emits chunks, and awaits each. */
export const chunkSource = defineRoutine(import.meta, {
  slots: { emit: slot<Chunks>() },
  events: { chunk: event<Uint8Array>() },
  handlers: {
    async emit({ count, size, moves = false }, ctx) {
      for (let i = 0; i < count; i++) {
        const chunk = new Uint8Array(size).fill(i);
        await ctx.emit("chunk", chunk, moves ? { transfer: [chunk.buffer] } : {});
        ctx.signal.throwIfAborted();
      }
    },
  },
});

/** Adds up the sizes of chunks, more slowly than they are emitted. */
export const chunkSink = defineRoutine(import.meta, {
  slots: { chunk: slot<Uint8Array>() },
  handlers: {
    async chunk({ byteLength }, ctx) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await ctx.sharedData.update("bytes", (bytes: number = 0) => bytes + byteLength);
    },
  },
});
