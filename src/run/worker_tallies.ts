// The workers of a run, and the executions that they have ended. `RunModel` counts with it.

import type { ExecutingSnapshot, WorkerSnapshot } from "./run_snapshot.ts";

/** The number of workers that are listed; those that have not been used for the longest time are dropped. */
const MAX_WORKERS = 256;

/** The numbers of one worker. */
interface WorkerTally {
  readonly workerId: string;
  isLost: boolean;
  ended: number;
  busy: number;
  /** The number of the last use of any worker that was one of this. */
  usedAt: number;
}

/** The workers of a run, by id. */
export class WorkerTallies {
  readonly #workers = new Map<string, WorkerTally>();
  #lost = 0;
  #uses = 0;

  /** The number of workers that were lost. */
  get lost(): number {
    return this.#lost;
  }

  /** Counts an execution that has ended, with its duration in milliseconds. */
  executed(workerId: string, duration: number): void {
    const worker = this.#of(workerId);
    worker.ended++;
    worker.busy += Math.max(0, duration);
  }

  /** Called when a worker begins an attempt: one that was lost in an earlier process has given its id to this one. */
  begins(workerId: string): void {
    const worker = this.#workers.get(workerId);
    if (worker !== undefined) worker.isLost = false;
  }

  /** Marks a worker as lost. */
  crashed(workerId: string): void {
    const worker = this.#of(workerId);
    if (worker.isLost) return;
    worker.isLost = true;
    this.#lost++;
  }

  /**
   * Returns the workers, sorted by id.
   *
   * @param executing The activations that execute, by worker.
   */
  list(executing: ReadonlyMap<string, readonly ExecutingSnapshot[]>): WorkerSnapshot[] {
    for (const workerId of executing.keys()) this.#of(workerId);
    return [...this.#workers.values()]
      .map(({ usedAt: _, ...worker }) => ({
        ...worker,
        executing: executing.get(worker.workerId) ?? [],
      }))
      .sort((a, b) => COLLATOR.compare(a.workerId, b.workerId));
  }

  #of(workerId: string): WorkerTally {
    const usedAt = ++this.#uses;
    const known = this.#workers.get(workerId);
    if (known !== undefined) {
      known.usedAt = usedAt;
      return known;
    }
    this.#makeRoom();
    const worker = { workerId, isLost: false, ended: 0, busy: 0, usedAt };
    this.#workers.set(workerId, worker);
    return worker;
  }

  #makeRoom(): void {
    if (this.#workers.size < MAX_WORKERS) return;
    let oldest: WorkerTally | undefined;
    for (const worker of this.#workers.values()) {
      if (oldest === undefined || worker.usedAt < oldest.usedAt) oldest = worker;
    }
    if (oldest !== undefined) this.#workers.delete(oldest.workerId);
  }
}

/** Sorts `w2` before `w10`. */
const COLLATOR = new Intl.Collator("en", { numeric: true });
