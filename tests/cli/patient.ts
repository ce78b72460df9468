import { defineRoutine, slot } from "@millrace/flow/routine";

/** Executes until it is stopped. */
export const patient = defineRoutine(import.meta, {
  slots: { number: slot<number>() },
  handlers: {
    async number(_, { signal }) {
      const { promise, reject } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      await promise;
    },
  },
});
