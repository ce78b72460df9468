import { defineRoutine, slot } from "@millrace/flow/routine";
import { ABORTED, arrive, ARRIVED, HANGS, type Latched } from "./latches.ts";

/** Test files run at the same time: each that imports this module by a query of its own has its own channel. */
const CHANNEL = import.meta.url;

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
  const { promise: begun, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error("no worker begins to load it")), HANGS);
  channel.onmessage = () => {
    clearTimeout(timer);
    resolve();
  };
  return {
    begun,
    goOn: () => channel.postMessage("go on"),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      channel.close();
    },
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
