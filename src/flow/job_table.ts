// The jobs of a flow by id, for `flow.jobs`, `flow.job` and the runner. With a store that is not durable, the
// flow holds ended jobs until the store drops them. With a durable store, ended jobs are read from the store
// on demand, and only a few of them stay in memory. A JobState that a user holds stays valid, as it holds its
// job itself.

import { isEndStatus } from "../engine/is_end_status.ts";
import { hasEnded } from "../engine/job.ts";
import type { Store } from "../store/store.ts";
import type { JobState } from "./job_state.ts";
import type { JobView } from "./job_view.ts";
import { storedJob } from "./stored_job.ts";

/** The number of ended jobs of a durable store that stay in memory. */
const AT_HAND = 32;

/** The jobs of a flow, running and ended. */
export class JobTable implements ReadonlyMap<string, JobState> {
  readonly #store: Store;
  readonly #flowId: string;
  /** The jobs that stay in memory as long as the flow, or its store, needs them. */
  readonly #held = new Map<string, JobView>();
  /** The ended jobs that were used most recently, the latest at the end. */
  readonly #atHand = new Map<string, JobView>();
  #isClosed = false;

  constructor(store: Store, flowId: string) {
    this.#store = store;
    this.#flowId = flowId;
  }

  /**
   * Returns the jobs that the flow holds: the running ones, and the ended ones if the store is not durable.
   */
  held(): IterableIterator<JobView> {
    return this.#held.values();
  }

  /** Returns a job that the flow holds. */
  heldOne(jobId: string): JobView | undefined {
    return this.#held.get(jobId);
  }

  /** Adds a job that the flow holds. */
  hold(view: JobView): void {
    this.#held.set(view.jobId, view);
  }

  /** Called when the end of a job is stored. */
  ended(view: JobView): void {
    if (!this.#store.isDurable || !this.#held.delete(view.jobId)) return;
    this.#putAtHand(view);
  }

  /** Called when the store has dropped a job. */
  forget(jobId: string): void {
    this.#held.delete(jobId);
    this.#atHand.delete(jobId);
  }

  /** Stops reading from the store, which may be closed, or be used by another process, from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Returns a job of the flow, including unfinished jobs that no process runs. */
  find(jobId: string): JobView | undefined {
    const inMemory = this.#held.get(jobId) ?? this.#atHand.get(jobId);
    if (inMemory !== undefined) return inMemory;
    const kept = this.#isClosed ? undefined : storedJob(this.#store, this.#flowId, jobId);
    if (kept !== undefined && this.#isStored(kept)) this.#putAtHand(kept);
    return kept;
  }

  get(jobId: string): JobView | undefined {
    const found = this.find(jobId);
    return found && (this.#held.has(jobId) || this.#isStored(found)) ? found : undefined;
  }

  has(jobId: string): boolean {
    return this.get(jobId) !== undefined;
  }

  get size(): number {
    if (!this.#store.isDurable) return this.#held.size;
    let size = 0;
    for (const _ of this.#ids()) size++;
    return size;
  }

  keys(): MapIterator<string> {
    return this.#ids();
  }

  *values(): Generator<JobView, undefined> {
    for (const [, view] of this.entries()) yield view;
  }

  *entries(): Generator<[string, JobView], undefined> {
    for (const jobId of this.#ids()) {
      const view = this.get(jobId);
      if (view !== undefined) yield [jobId, view];
    }
  }

  [Symbol.iterator](): Generator<[string, JobView], undefined> {
    return this.entries();
  }

  forEach(
    callback: (job: JobState, jobId: string, jobs: ReadonlyMap<string, JobState>) => void,
    thisArg?: unknown,
  ): void {
    for (const [jobId, view] of this.entries()) callback.call(thisArg, view, jobId, this);
  }

  /** Returns the text that `console.log` prints, with the jobs in memory. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect, options: Deno.InspectOptions) {
    return inspect(new Map([...this.#atHand, ...this.#held]), options);
  }

  /** Returns the ids of the jobs that were started last, oldest first, without reading the others. */
  latest(limit: number): string[] {
    return [...this.#ids(limit)].slice(-limit);
  }

  /**
   * Iterates over the ids, in the order in which the jobs were started.
   *
   * @param limit The number of the latest stored jobs to which the iteration is limited.
   */
  *#ids(limit = Infinity): Generator<string, undefined> {
    if (!this.#store.isDurable) return yield* this.#held.keys();
    const left = new Set(this.#held.keys());
    if (this.#isClosed) return yield* new Set([...this.#atHand.keys(), ...left]);
    const jobs = this.#store.jobs({ flowId: this.#flowId, limit });
    for (const { jobId, status } of jobs.reverse()) {
      if (left.delete(jobId) || isEndStatus(status)) yield jobId;
    }
    // The starts of these jobs are not stored yet.
    yield* left;
  }

  /** Checks whether an ended job is held by a durable store instead of the flow. */
  #isStored({ job }: JobView): boolean {
    return this.#store.isDurable && hasEnded(job);
  }

  #putAtHand(view: JobView): void {
    const { jobId } = view;
    this.#atHand.delete(jobId);
    this.#atHand.set(jobId, view);
    const [oldest] = this.#atHand.keys();
    if (this.#atHand.size > AT_HAND && oldest !== undefined) this.#atHand.delete(oldest);
  }
}

/**
 * Returns the ids of the jobs of a flow that were started last, oldest first.
 *
 * @param jobs The `jobs` of a flow.
 * @param limit The maximum number of jobs.
 */
export function latestIds(jobs: ReadonlyMap<string, JobState>, limit: number): string[] {
  return jobs instanceof JobTable ? jobs.latest(limit) : [...jobs.keys()].slice(-limit);
}
