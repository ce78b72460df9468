import type { Store } from "../store/store.ts";

/** The ids of jobs that a store is about to be given, each with its flow. */
const reserved = new WeakMap<Store, Map<string, string>>();

/**
 * Reserves the id of a job that was started, until the store has it: what another flow of the same
 * store has not committed yet cannot be found there.
 *
 * @param store The store.
 * @param jobId The id.
 * @param flowId The job's flow.
 * @param kept Settles when the store has the job, or will never have it.
 */
export function reserveId(
  store: Store,
  jobId: string,
  flowId: string,
  kept: Promise<void>,
): void {
  const ids = reserved.getOrInsertComputed(store, () => new Map());
  ids.set(jobId, flowId);
  const free = () => void ids.delete(jobId);
  kept.then(free, free);
}

/** The flow that an id is reserved for; `undefined` if it is free. */
export function holderOfId(store: Store, jobId: string): string | undefined {
  return reserved.get(store)?.get(jobId);
}
