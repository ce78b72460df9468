import { elapsed } from "../data/clock.ts";
import { after, clearTimer } from "../data/timer.ts";
import { noteLoading } from "../routine/loading.ts";

/**
 * Number of turns of the event loop that a module is given after the timer. Where other code has
 * held up the thread, the timer comes first, and what the module needs can be there: each module
 * that it imports takes a turn or two of its own.
 */
const TURNS = 20;

/** By how many milliseconds the timer comes early, to leave time for the turns; by a quarter at most. */
const EARLY_MS = 100;

/** The modules that have not loaded in time, until they have: not every task is to wait for them. */
const late = new Set<string>();

/**
 * Imports a module, as long as it does not take too long.
 *
 * @param module Its URL.
 * @param ms How many milliseconds it may take.
 * @returns Its exports.
 * @throws {Error} If it has not loaded in time, or whatever keeps it from loading.
 */
export async function importWithin(module: string, ms: number): Promise<Record<string, unknown>> {
  const why = `not done within ${ms} ms; see what its top level awaits`;
  if (late.has(module)) throw new Error(why);
  const { promise, reject } = Promise.withResolvers<never>();
  const loading = noteLoading();
  const due = elapsed() + ms;
  let isOver = false;
  let timer = after(ms - Math.min(EARLY_MS, ms / 4), async () => {
    for (let turn = 0; turn < TURNS && !isOver; turn++) {
      await new Promise<void>((resolve) => after(0, resolve));
    }
    if (isOver) return;
    timer = after(Math.max(0, due - elapsed()), () => {
      late.add(module);
      reject(new Error(why));
    });
  });
  const importing = import(module);
  const onEnd = () => {
    isOver = true;
    loading[Symbol.dispose]();
    clearTimer(timer);
    late.delete(module);
  };
  importing.then(onEnd, onEnd);
  return await Promise.race([importing, promise]);
}
