import { defineRoutine, event, slot } from "@millrace/flow/routine";

/** Moves a buffer on instead of copying it. */
export const movingSource = defineRoutine(import.meta, {
  slots: { size: slot<number>() },
  events: { bytes: event<ArrayBuffer>() },
  handlers: {
    size(size, ctx) {
      const bytes = new ArrayBuffer(size);
      ctx.emit("bytes", bytes, { transfer: [bytes] });
    },
  },
});

/** Reports the size of its payload. */
export const movingSink = defineRoutine(import.meta, {
  slots: { bytes: slot<ArrayBuffer>() },
  handlers: {
    bytes(bytes, ctx) {
      ctx.sharedData.set("received", bytes.byteLength);
    },
  },
});
