/** So many ids are remembered: a job is looked for soon after its end, or hardly ever. */
const MOST = 10_000;

/** The ids of jobs that a store has dropped lately, so that nobody waits for what they did. */
export class ForgottenIds {
  readonly #ids = new Set<string>();

  /** Remembers an id, and no longer that which was added first of too many. */
  add(jobId: string): void {
    this.#ids.delete(jobId);
    this.#ids.add(jobId);
    if (this.#ids.size <= MOST) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Checks whether an id was dropped lately. */
  has(jobId: string): boolean {
    return this.#ids.has(jobId);
  }
}
