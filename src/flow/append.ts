// Appends JobEvents to a store, synchronous or asynchronous, and returns its errors as values. Called by
// `CommitLog`, which acts on a synchronous result in the same stack.

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

/** The error of an append, `undefined` if it succeeded; or a promise of that. */
export type Answer = Error | undefined | Promise<Error | undefined>;

/**
 * Appends the rest of a batch after the store has refused some of its events. Never throws or rejects.
 *
 * @param events The batch.
 * @param refusal The error of the store.
 * @param mayAppend Called before each append. Returns `false` if no more events may be appended.
 */
export function appendRest(
  store: Store,
  events: readonly JobEvent[],
  refusal: Error,
  mayAppend: () => boolean,
): Sorted | Promise<Sorted> {
  const sorted: Sorted = { stored: [], refused: new Map(), error: undefined };
  const parts = partsOf(events, refusal, sorted);
  return follow(store, parts, parts.next(), sorted, mayAppend);
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

/** The events of a batch, sorted by the results of their appends. */
export interface Sorted {
  readonly stored: JobEvent[];
  /** The jobs whose events the store refuses for their content, with the errors. */
  readonly refused: Map<string, Error>;
  /** The error because of which the rest was not written. */
  error: Error | undefined;
}

/** The parts of a batch, to be appended one after the other. Each `yield` returns the error of its append. */
type Parts = Generator<readonly JobEvent[], void, Error | undefined>;

/** Appends parts, in a loop as long as the store is synchronous. */
function follow(
  store: Store,
  parts: Parts,
  first: IteratorResult<readonly JobEvent[], void>,
  sorted: Sorted,
  mayAppend: () => boolean,
): Sorted | Promise<Sorted> {
  for (let part = first; !part.done;) {
    const events = part.value;
    const answer = mayAppend() ? append(store, events) : new StoreError("the flow is closed");
    if (answer instanceof Promise) {
      return answer.then((error) => {
        return follow(store, parts, parts.next(error), sorted, mayAppend);
      });
    }
    part = parts.next(answer);
  }
  return sorted;
}

/** Excludes the jobs that the store names in its refusals; if it names none, appends each job separately. */
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

/** Returns the job that a refusal names, if some of the events belong to it. */
function namedBy(refusal: Error, events: readonly JobEvent[]): string | undefined {
  if (!(refusal instanceof MillraceError)) return undefined;
  const { jobId } = refusal;
  return events.some((event) => event.jobId === jobId) ? jobId : undefined;
}

function addTo(stored: JobEvent[], events: readonly JobEvent[]): void {
  // Pushed one by one, as the number of arguments of a call is limited by the stack.
  for (const event of events) stored.push(event);
}

/** Returns a thrown value as an error, whatever it is, even `undefined`. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new StoreError(
    `the store has failed with ${textOf(thrown)}; let it throw an Error that says why`,
    { cause: thrown },
  );
}
