import { defineRoutine, slot } from "@millrace/flow/routine";

/** Waits for its signal to abort, and says over a channel why: nothing else of it is reported any more. */
export const reportsReason = defineRoutine(import.meta, {
  slots: { channel: slot<string>() },
  handlers: {
    async channel(name, ctx) {
      const aborted = new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      ctx.progress("began");
      await aborted;
      const { reason } = ctx.signal;
      const channel = new BroadcastChannel(name);
      channel.postMessage(
        reason instanceof Error ? { cause: reason.cause } : { reason },
      );
      channel.close();
    },
  },
});
