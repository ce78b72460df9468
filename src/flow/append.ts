// Appends JobEvents to a store that answers at once or later, and turns what it throws into an answer. Called
// by `CommitLog`, which acts on the answer in the same stack if it is there at once.

import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import { isRefusal } from "./is_refusal.ts";

/** Appends events to a store. Never throws or rejects. */
export function append(store: Store, events: readonly JobEvent[]): Answer {
  try {
    const written = store.append(events);
    if (typeof written !== "object") return undefined;
    return Promise.resolve(written).then(() => undefined, (error) => error);
  } catch (error) {
    return error as Error;
  }
}

/** The error of an append that has failed, `undefined` of one that has not; or a promise of it. */
export type Answer = Error | undefined | Promise<Error | undefined>;

/**
 * Appends events to a store, those of each job separately, until the store cannot be written. Never throws or
 * rejects.
 */
export function appendByJob(
  store: Store,
  events: readonly JobEvent[],
): Sorted | Promise<Sorted> {
  const sorted: Sorted = { stored: [], refused: [], left: [], error: undefined };
  const jobs = [...Map.groupBy(events, ({ jobId }) => jobId)];
  return appendFrom(store, jobs, 0, sorted);
}

/** Takes a snapshot of a job. Never throws or rejects. */
export function takeSnapshot(store: Store, job: Job): void {
  // The events are stored, so a failure loses nothing; a later commit of the job retries the snapshot.
  try {
    const taken = store.snapshot(job);
    if (typeof taken === "object") Promise.resolve(taken).catch(() => {});
  } catch {
    return;
  }
}

/** The events of a batch, sorted by the answers of the store. */
export interface Sorted {
  readonly stored: JobEvent[];
  /** The jobs whose events the store refuses for their content. */
  readonly refused: { readonly jobId: string; readonly error: Error }[];
  /** The events that were not written because of `error`, in their order. */
  readonly left: JobEvent[];
  /** The error of a store that cannot be written. */
  error: Error | undefined;
}

/** Appends the events of one job after the other: in a loop for as long as the store answers at once. */
function appendFrom(
  store: Store,
  jobs: readonly (readonly [jobId: string, events: readonly JobEvent[]])[],
  from: number,
  sorted: Sorted,
): Sorted | Promise<Sorted> {
  for (const [i, [jobId, events]] of jobs.slice(from).entries()) {
    const answer = sorted.error ?? append(store, events);
    if (answer instanceof Promise) {
      return answer.then((error) => {
        sort(sorted, jobId, events, error);
        return appendFrom(store, jobs, from + i + 1, sorted);
      });
    }
    sort(sorted, jobId, events, answer);
  }
  return sorted;
}

function sort(
  sorted: Sorted,
  jobId: string,
  events: readonly JobEvent[],
  error: Error | undefined,
): void {
  if (error !== undefined && isRefusal(error) && sorted.error === undefined) {
    sorted.refused.push({ jobId, error });
    return;
  }
  sorted.error ??= error;
  // Pushed one by one, as the number of arguments of a call is limited by the stack.
  const list = error === undefined ? sorted.stored : sorted.left;
  for (const event of events) list.push(event);
}
