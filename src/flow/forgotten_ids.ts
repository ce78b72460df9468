/** The maximum number of ids that are stored. Jobs are looked up soon after their end, or rarely. */
const MOST = 10_000;

/** The ids of jobs that a store has dropped recently, so that readers do not wait for their events. */
export class ForgottenIds {
  readonly #ids = new Set<string>();

  /** Adds an id, and removes the oldest one if there are too many. */
  add(jobId: string): void {
    this.#ids.delete(jobId);
    this.#ids.add(jobId);
    if (this.#ids.size <= MOST) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Checks whether the job with an id was dropped recently. */
  has(jobId: string): boolean {
    return this.#ids.has(jobId);
  }
}
