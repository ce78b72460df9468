// A thread in which the global timers are replaced before anything has read them.

import { after, clearTimer } from "../../src/data/timer.ts";

const scope = self as unknown as { postMessage(message: readonly string[]): void };
const seen: string[] = [];

/** A timer that never calls back. */
function fake(name: string): () => number {
  return () => {
    seen.push(`fake ${name}`);
    return 0;
  };
}

// Assigned, as some libraries for tests do; others define the property anew.
Object.assign(globalThis, { setTimeout: fake("setTimeout") });
Object.defineProperty(globalThis, "clearTimeout", { value: fake("clearTimeout") });

const first = after(0, () => seen.push("cleared"));
after(0, () => seen.push("not cleared"));
clearTimer(first);
after(1, () => scope.postMessage(seen));
