import type { Store } from "../store/store.ts";

/** The ids of jobs whose starts are not committed yet, with their flows, by store. */
const reserved = new WeakMap<Store, Map<string, string>>();

/**
 * Reserves the id of a job until its start is committed. Other flows of the store cannot find it there
 * before.
 *
 * @param store The store.
 * @param jobId The id of the job.
 * @param flowId The flow of the job.
 * @param kept Settles when the start of the job is committed, or will never be.
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

/** Returns the flow for which an id is reserved; `undefined` if it is free. */
export function holderOfId(store: Store, jobId: string): string | undefined {
  return reserved.get(store)?.get(jobId);
}
