import { defineRoutine, slot } from "@millrace/flow/routine";
import { ABORTED, arrive, ARRIVED, type Latched } from "./latches.ts";

const CHANNEL = "slow_to_load";

/** The control of a test over the loading of this module in a worker. */
export interface Loading extends Disposable {
  /** A worker has begun to load it. */
  readonly begun: Promise<void>;
  /** Lets it load. */
  goOn(): void;
}

/** Waits for a worker to load this module, which it does only when it is let. */
export function watchLoading(): Loading {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    begun: new Promise((resolve) => channel.onmessage = () => resolve()),
    goOn: () => channel.postMessage("go on"),
    [Symbol.dispose]: () => channel.close(),
  };
}

if ("WorkerGlobalScope" in globalThis) {
  const channel = new BroadcastChannel(CHANNEL);
  const released = new Promise((resolve) => channel.onmessage = resolve);
  channel.postMessage("loading");
  await released;
  channel.close();
}

/** Does nothing, once its module has loaded. */
export const slow = defineRoutine(import.meta, {
  slots: { go: slot<undefined>() },
  handlers: { go() {} },
});

/** Ends when it is asked to stop. */
export const slowToLoad = defineRoutine(import.meta, {
  slots: { untilStopped: slot<Latched>() },
  handlers: {
    async untilStopped({ latches }, { signal }) {
      arrive(latches, ARRIVED);
      if (!signal.aborted) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
      arrive(latches, ABORTED);
      throw signal.reason;
    },
  },
});
