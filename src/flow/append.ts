// Appends JobEvents to a store that answers at once or later, and turns what it throws into an answer. Called
// by `CommitLog`, which acts on the answer in the same stack if it is there at once.

import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { MillraceError } from "../errors/millrace_error.ts";
import { StoreError } from "../errors/store_errors.ts";
import { textOf } from "../errors/text_of.ts";
import type { Store } from "../store/store.ts";
import { isRefusal } from "../errors/is_refusal.ts";

/** Appends events to a store. Never throws or rejects. */
export function append(store: Store, events: readonly JobEvent[]): Answer {
  try {
    const written = store.append(events);
    if (typeof written !== "object") return undefined;
    return Promise.resolve(written).then(() => undefined, asError);
  } catch (thrown) {
    return asError(thrown);
  }
}

/** The error of an append that has failed, `undefined` of one that has not; or a promise of it. */
export type Answer = Error | undefined | Promise<Error | undefined>;

/**
 * Appends what is left of a batch of which the store has refused some. Never throws or rejects.
 *
 * @param events The batch.
 * @param refusal The error of the store.
 * @param isClosed Checks whether nothing is to be appended any more.
 */
export function appendRest(
  store: Store,
  events: readonly JobEvent[],
  refusal: Error,
  isClosed: () => boolean,
): Sorted | Promise<Sorted> {
  const sorted: Sorted = { stored: [], refused: new Map(), error: undefined };
  const parts = partsOf(events, refusal, sorted);
  return follow(store, parts, parts.next(), sorted, isClosed);
}

/** Takes a snapshot of a job if one is due. Never throws or rejects. */
export function takeSnapshot(store: Store, job: Job): void {
  // The events are stored, so a failure loses nothing; a later commit of the job retries the snapshot.
  try {
    const taken = store.isSnapshotDue?.(job) ? store.snapshot(job) : undefined;
    if (typeof taken === "object") Promise.resolve(taken).catch(() => {});
  } catch {
    return;
  }
}

/** The events of a batch, sorted by the answers of the store. */
export interface Sorted {
  readonly stored: JobEvent[];
  /** The jobs whose events the store refuses for their content, with the errors. */
  readonly refused: Map<string, Error>;
  /** The error for which the rest was not written. */
  error: Error | undefined;
}

/** The parts of a batch to be appended one after the other; each receives the error of its append. */
type Parts = Generator<readonly JobEvent[], void, Error | undefined>;

/** Appends parts: in a loop for as long as the store answers at once. */
function follow(
  store: Store,
  parts: Parts,
  first: IteratorResult<readonly JobEvent[], void>,
  sorted: Sorted,
  isClosed: () => boolean,
): Sorted | Promise<Sorted> {
  for (let part = first; !part.done;) {
    const events = part.value;
    const answer = isClosed() ? new StoreError("the flow is closed") : append(store, events);
    if (answer instanceof Promise) {
      return answer.then((error) => {
        return follow(store, parts, parts.next(error), sorted, isClosed);
      });
    }
    part = parts.next(answer);
  }
  return sorted;
}

/** Takes out the jobs that the store names; if it names none, the parts are the events of each job. */
function* partsOf(events: readonly JobEvent[], refusal: Error, sorted: Sorted): Parts {
  let rest = events;
  let error: Error | undefined = refusal;
  for (let jobId = namedBy(error, rest); jobId !== undefined; jobId = namedBy(error, rest)) {
    sorted.refused.set(jobId, error);
    rest = rest.filter((event) => event.jobId !== jobId);
    if (rest.length === 0) return;
    error = yield rest;
    if (error === undefined) return addTo(sorted.stored, rest);
    if (!isRefusal(error)) return void (sorted.error = error);
  }
  for (const [jobId, own] of Map.groupBy(rest, ({ jobId }) => jobId)) {
    error = yield own;
    if (error === undefined) addTo(sorted.stored, own);
    else if (isRefusal(error)) sorted.refused.set(jobId, error);
    else return void (sorted.error = error);
  }
}

/** Returns the job that a refusal names, if events are of it. */
function namedBy(refusal: Error, events: readonly JobEvent[]): string | undefined {
  if (!(refusal instanceof MillraceError)) return undefined;
  const { jobId } = refusal;
  return events.some((event) => event.jobId === jobId) ? jobId : undefined;
}

function addTo(stored: JobEvent[], events: readonly JobEvent[]): void {
  // One by one, as the number of arguments of a call is limited by the stack.
  for (const event of events) stored.push(event);
}

/** Returns a thrown value as an error: it may be anything, and nothing as well. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new StoreError(
    `the store has failed with ${textOf(thrown)}; let it throw an Error that says why`,
    { cause: thrown },
  );
}
