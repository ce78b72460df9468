import type { Session } from "../contenders/contender.ts";
import { WAIT_MS } from "../tasks/tasks.ts";

/** The fraction of the minimum time that a run must take, as timers may fire a little early. */
const EARLY = 0.9;

/**
 * Runs waits, all at once, and waits for the last. Throws if a result is wrong, or if more waits
 * than allowed must have executed at once.
 *
 * @returns The time from the first call to the last result, in milliseconds.
 */
export async function waitAll(
  session: Session,
  count: number,
  concurrency: number,
): Promise<number> {
  const startedAt = performance.now();
  const running: Promise<number>[] = [];
  for (let i = 0; i < count; i++) running.push(session.run("wait", i));
  const results = await Promise.all(running);
  const taken = performance.now() - startedAt;
  const wrong = results.findIndex((result, i) => result !== i + 1);
  if (wrong >= 0) throw new Error(`wait ${wrong} of ${count} ended with ${results[wrong]}`);
  const least = Math.ceil(count / concurrency) * WAIT_MS;
  if (taken < least * EARLY) {
    throw new Error(`${count} waits, ${concurrency} at once, took ${taken} ms and not ${least}`);
  }
  return taken;
}
