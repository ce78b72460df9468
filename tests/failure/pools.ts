import type { JobEvent } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";

/** A wait that takes longer than this is a failure, so that no test hangs. */
export const BOUND = { timeout: 20_000 };

/** Workers for all tests of a file; none is left. */
export function sharedPool(maxWorkers = 2): WorkerPool {
  const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity, grace: 50 });
  Deno.test.afterAll(async () => {
    await pool.close();
    assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 });
  });
  return pool;
}

/** A flow, as far as it is listened to. */
interface Source {
  events(options: { readonly signal: AbortSignal }): AsyncIterable<JobEvent>;
}

type EventOf<Type extends JobEvent["type"]> = Extract<JobEvent, { readonly type: Type }>;

/** Everything of a kind that happens from now on, until it is stopped. */
export function watch<Type extends JobEvent["type"]>(flow: Source, type: Type) {
  const stop = new AbortController();
  const seen: EventOf<Type>[] = [];
  let news = Promise.withResolvers<void>();
  const listening = (async () => {
    for await (const event of flow.events({ signal: stop.signal })) {
      if (event.type !== type) continue;
      seen.push(event as EventOf<Type>);
      news.resolve();
      news = Promise.withResolvers();
    }
  })();
  return {
    seen,
    /** Waits until there were at least `count`. */
    async reached(count: number) {
      while (seen.length < count) await deadline(news.promise, BOUND.timeout);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await listening;
    },
  };
}

/** Waits for the next event of a kind. */
export async function next<Type extends JobEvent["type"]>(
  flow: Source,
  type: Type,
): Promise<EventOf<Type>> {
  for await (const event of flow.events({ signal: AbortSignal.timeout(BOUND.timeout) })) {
    if (event.type === type) return event as EventOf<Type>;
  }
  throw new Error(`there was no ${type}`);
}
