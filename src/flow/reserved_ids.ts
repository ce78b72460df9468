import type { JobEntry, Store } from "../store/store.ts";

/** The ids of jobs whose starts are not committed yet, by store. */
const reserved = new WeakMap<Store, Map<string, Reservation>>();

/** The job for which an id is reserved. */
export interface Reservation {
  readonly flowId: string;
  /** The entry of the job; absent for a rerun. */
  readonly entry: JobEntry | undefined;
}

/**
 * Reserves the id of a job until its start is committed. Other flows of the store cannot find it there
 * before.
 *
 * @param store The store.
 * @param jobId The id of the job.
 * @param reservation The job.
 * @param persisted Settles when the start of the job is committed, or will never be.
 */
export function reserveId(
  store: Store,
  jobId: string,
  reservation: Reservation,
  persisted: Promise<void>,
): void {
  const ids = reserved.getOrInsertComputed(store, () => new Map());
  ids.set(jobId, reservation);
  const free = () => void (ids.get(jobId) === reservation && ids.delete(jobId));
  persisted.then(free, free);
}

/** Returns the job for which an id is reserved; `undefined` if it is free. */
export function reservedBy(store: Store, jobId: string): Reservation | undefined {
  return reserved.get(store)?.get(jobId);
}
