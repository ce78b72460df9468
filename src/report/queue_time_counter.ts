import { Durations } from "../run/durations.ts";
import type { JobTrace } from "../run/job_trace.ts";
import type { QueueTimes } from "./run_report.ts";

/** Counts the times that the attempts of each routine have waited, job by job. */
export class QueueTimeCounter {
  readonly #since: number;
  readonly #routines = new Map<string, Durations>();

  /** @param since The moment from which on attempts count. */
  constructor(since = -Infinity) {
    this.#since = since;
  }

  /** Adds a job. */
  add({ activations }: JobTrace): void {
    for (const { routineId, attempts } of activations) {
      for (const { readyAt, startedAt, isMeasured } of attempts) {
        if (!isMeasured || startedAt < this.#since) continue;
        this.#routines.getOrInsertComputed(routineId, () => new Durations())
          .add(startedAt - readyAt);
      }
    }
  }

  /** Returns the times of each routine, of the one that has waited most first. */
  list(): QueueTimes[] {
    return [...this.#routines].map(([routineId, durations]) => ({
      routineId,
      attempts: durations.count,
      p50: durations.quantile(0.5) ?? 0,
      p95: durations.quantile(0.95) ?? 0,
      max: durations.max ?? 0,
      total: durations.sum,
    })).sort((a, b) => b.total - a.total);
  }
}
