import type { JobTrace } from "../run/job_trace.ts";
import type { SlowExecution } from "./run_report.ts";

/** Finds the longest executions of a run, job by job, in bounded memory. */
export class SlowestExecutions {
  readonly #most: number;
  readonly #since: number;
  #found: SlowExecution[] = [];
  /** The duration that an execution has to exceed to be among the longest. */
  #least = -1;

  /**
   * @param most The maximum number of executions.
   * @param since The moment from which on executions count.
   */
  constructor(most: number, since = -Infinity) {
    this.#most = most;
    this.#since = since;
  }

  /** Adds the executions of a job. */
  add({ jobId, activations }: Pick<JobTrace, "jobId" | "activations">): void {
    for (const { activationId, routineId, attempts } of activations) {
      for (const each of attempts) {
        const { attempt, workerId, startedAt, endedAt } = each;
        if (endedAt === undefined || startedAt < this.#since || !each.isMeasured) continue;
        const duration = endedAt - startedAt;
        if (duration <= this.#least) continue;
        this.#found.push({
          ...{ jobId, activationId, routineId, attempt, workerId, startedAt, duration },
        });
        if (this.#found.length > 2 * this.#most) this.#cut();
      }
    }
  }

  /** Returns the longest executions, longest first. */
  list(): SlowExecution[] {
    this.#cut();
    return this.#found;
  }

  #cut(): void {
    this.#found = this.#found
      .sort((a, b) => b.duration - a.duration)
      .slice(0, this.#most);
    const last = this.#found.at(-1);
    if (this.#found.length === this.#most) this.#least = last?.duration ?? Infinity;
  }
}
