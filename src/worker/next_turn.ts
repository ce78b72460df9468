import { setImmediate } from "node:timers";

/** Resolves when the event loop has come round: when all timers that are due have called back. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
