import { setImmediate } from "node:timers";

/** Resolves in the next turn of the event loop, after all timers that are due have fired. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
