// The activations of a run that execute. Their number is bounded by the concurrency of the flow, so a search through
// all of them costs little.

import type { ActivationStarted } from "../engine/job_event.ts";
import type { ExecutingSnapshot } from "./run_snapshot.ts";

/** The activations that execute, by id; each is represented by the JobEvent with which it began. */
export class Executing {
  readonly #all = new Map<string, ActivationStarted>();

  /** Adds an activation; returns `false` if it executes already. */
  add(begin: ActivationStarted): boolean {
    const { size } = this.#all;
    return this.#all.set(begin.activationId, begin).size > size;
  }

  /** Returns the worker of an activation; `undefined` if it does not execute. */
  workerOf(activationId: string): string | undefined {
    return this.#all.get(activationId)?.workerId;
  }

  /** Removes an activation; returns `false` if it does not execute. */
  remove(activationId: string): boolean {
    return this.#all.delete(activationId);
  }

  /** Returns the activations of a job. */
  of(jobId: string): ActivationStarted[] {
    if (this.#all.size === 0) return [];
    return [...this.#all.values()].filter((begin) => begin.jobId === jobId);
  }

  /** Returns the routines that execute for each job. */
  routinesByJob(): ReadonlyMap<string, readonly string[]> {
    const byJob = Map.groupBy(this.#all.values(), ({ jobId }) => jobId);
    return new Map(
      [...byJob].map(([jobId, all]) => [
        jobId,
        [...new Set(all.map(({ routineId }) => routineId))],
      ]),
    );
  }

  /** Returns the activations by worker. */
  byWorker(): ReadonlyMap<string, readonly ExecutingSnapshot[]> {
    const byWorker = Map.groupBy(this.#all.values(), ({ workerId }) => workerId);
    return new Map([...byWorker].map(([workerId, all]) => [workerId, all.map(shown)]));
  }
}

function shown(
  { jobId, routineId, activationId, attempt, at }: ActivationStarted,
): ExecutingSnapshot {
  return { jobId, activationId, routineId, attempt, since: at };
}
