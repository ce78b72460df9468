// Sends back what it is sent, and says what it was there.

/// <reference lib="webworker" />

// As in every worker of a pool.
import "../../src/data/faithful_copy.ts";

const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.addEventListener("message", ({ data }: MessageEvent<{ id: number; value: object }>) => {
  const { id, value } = data;
  worker.postMessage({ id, value, kind: value.constructor?.name });
});
worker.addEventListener("messageerror", () => worker.postMessage({ id: -1 }));
