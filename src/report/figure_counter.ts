import type { JobTrace } from "../run/job_trace.ts";
import type { Interval } from "../terminal/chart.ts";
import { maxConcurrent } from "./concurrency.ts";
import { executionsOf, isMeasured } from "./executions.ts";
import { busyTime, chainTime } from "./chain_time.ts";
import type { RunFigures } from "./run_report.ts";

/** Counts the times of a run, job by job. */
export class FigureCounter {
  readonly #since: number;
  readonly #spans: Interval[] = [];
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
    for (const execution of executionsOf(trace, this.#since)) {
      // A bare pair of numbers, as there may be a million of them.
      const { startedAt, endedAt } = execution;
      if (isMeasured(execution)) this.#spans.push({ startedAt, endedAt });
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
      executions: this.#spans.length,
      maxConcurrent: maxConcurrent(this.#spans),
      limit,
    };
  }
}
