import { elapsed } from "../data/clock.ts";
import { after, clearTimer } from "../data/timer.ts";
import { noteLoading } from "../routine/loading.ts";

/**
 * The number of turns of the event loop that a module gets after the timer has fired. If other code has
 * blocked the thread, the timer fires first, although the files of the module may have arrived. Each import
 * of the module takes a turn or two.
 */
const TURNS = 20;

/**
 * The time by which the timer fires early, to leave time for the turns, in milliseconds; at most a quarter of
 * the limit.
 */
const EARLY_MS = 100;

/**
 * The modules that have not loaded in time, until they have loaded, so that later tasks do not wait for them.
 */
const late = new Set<string>();

/**
 * Imports a module within a time limit.
 *
 * @param module The URL of the module.
 * @param ms The time limit, in milliseconds.
 * @returns The exports of the module.
 * @throws {Error} If the module has not loaded in time; otherwise the error of the import.
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
