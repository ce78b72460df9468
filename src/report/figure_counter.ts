import type { JobTrace } from "../run/job_trace.ts";
import { mostAtOnce } from "./concurrency.ts";
import { busyTime, chainTime } from "./chain_time.ts";
import type { RunFigures } from "./run_report.ts";

/** Counts the times of a run, job by job. */
export class FigureCounter {
  readonly #since: number;
  // The measured executions, as bare numbers, as there may be a million of them.
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #busy = 0;
  #chain = 0;
  #firstAt = Infinity;
  #lastAt = -Infinity;

  /** @param since The moment from which on executions count. */
  constructor(since = -Infinity) {
    this.#since = since;
  }

  /** Adds a job. */
  add(trace: JobTrace): void {
    this.#firstAt = Math.min(this.#firstAt, trace.createdAt);
    this.#lastAt = Math.max(this.#lastAt, trace.endedAt ?? trace.lastAt);
    this.#busy += busyTime(trace, this.#since);
    this.#chain = Math.max(this.#chain, chainTime(trace, this.#since));
    for (const { attempts } of trace.activations) {
      for (const attempt of attempts) {
        const { startedAt, endedAt } = attempt;
        if (endedAt === undefined || startedAt < this.#since || !attempt.isMeasured) continue;
        this.#starts.push(startedAt);
        this.#ends.push(endedAt);
      }
    }
  }

  /** @param limit The maximum number of activations that may execute at once, if known. */
  figures(limit: number | undefined): RunFigures {
    const isEmpty = this.#firstAt > this.#lastAt;
    const startedAt = isEmpty ? Math.max(0, this.#since) : Math.max(this.#since, this.#firstAt);
    const endedAt = Math.max(startedAt, this.#lastAt);
    const wall = endedAt - startedAt;
    const lowerBound = Math.max(this.#chain, limit === undefined ? 0 : this.#busy / limit);
    return {
      ...{ startedAt, endedAt, wall, busy: this.#busy, chain: this.#chain, lowerBound },
      ratio: lowerBound > 0 ? wall / lowerBound : undefined,
      executions: this.#starts.length,
      maxConcurrent: mostAtOnce(this.#starts, this.#ends),
      limit,
    };
  }
}
