import type { Session } from "../contenders/contender.ts";
import { WAIT_MS } from "../tasks/tasks.ts";

/** The part of the least time that is asked of a run: a timer may be a little early. */
const EARLY = 0.9;

/**
 * Asks for waits, all at once, and waits for the last. It throws if a result is wrong, or if more of
 * them than allowed must have executed at once.
 *
 * @returns Milliseconds from the first call to the last result.
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
