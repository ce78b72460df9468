/** The number of ids after which the older half is dropped. Jobs are looked up soon after their end, or rarely. */
const HALF = 5_000;

/** The ids of jobs that a store has dropped recently, so that readers do not wait for their events. */
export class ForgottenIds {
  #recent = new Set<string>();
  #older: ReadonlySet<string> = new Set();

  /** Adds an id. */
  add(jobId: string): void {
    this.#recent.add(jobId);
    if (this.#recent.size < HALF) return;
    // Removing the oldest id of a set one by one would pass over those that were removed before.
    this.#older = this.#recent;
    this.#recent = new Set();
  }

  /** Checks whether the job with an id was dropped recently. */
  has(jobId: string): boolean {
    return this.#recent.has(jobId) || this.#older.has(jobId);
  }
}
