// The workers of a run and the activations that they execute. `RunModel` counts with it.

import type { Execution } from "../engine/job_event.ts";
import type { ExecutingSnapshot, WorkerSnapshot } from "./run_snapshot.ts";

/** The number of idle workers that are listed. */
const MAX_IDLE = 64;

/** The numbers of one worker. */
interface WorkerTally {
  readonly workerId: string;
  isLost: boolean;
  ended: number;
  busy: number;
  readonly executing: Map<string, ExecutingSnapshot>;
}

/** The workers of a run, and the activations that they execute. */
export class WorkerTallies {
  readonly #workers = new Map<string, WorkerTally>();
  #lost = 0;
  #busy = 0;

  /** The number of workers that were lost. */
  get lost(): number {
    return this.#lost;
  }

  /** The number of workers that execute an activation. */
  get busy(): number {
    return this.#busy;
  }

  /** Adds an activation that a worker executes. */
  begun(workerId: string, activation: ExecutingSnapshot): void {
    const { executing } = this.#of(workerId);
    if (executing.size === 0) this.#busy++;
    executing.set(activation.activationId, activation);
  }

  /** Removes an activation that a worker executed. */
  ended(workerId: string, activationId: string): void {
    const { executing } = this.#of(workerId);
    if (executing.delete(activationId) && executing.size === 0) this.#busy--;
  }

  /** Counts an execution that has ended. */
  executed({ workerId, startedAt, endedAt }: Execution): void {
    const worker = this.#of(workerId);
    worker.ended++;
    worker.busy += Math.max(0, endedAt - startedAt);
  }

  /** Marks a worker as lost. */
  crashed(workerId: string): void {
    const worker = this.#of(workerId);
    if (worker.isLost) return;
    worker.isLost = true;
    this.#lost++;
  }

  /** Returns the workers, sorted by id. */
  list(): WorkerSnapshot[] {
    return [...this.#workers.values()]
      .map((worker) => ({ ...worker, executing: [...worker.executing.values()] }))
      .sort((a, b) => COLLATOR.compare(a.workerId, b.workerId));
  }

  #of(workerId: string): WorkerTally {
    const known = this.#workers.get(workerId);
    if (known !== undefined) return known;
    this.#makeRoom();
    const worker = { workerId, isLost: false, ended: 0, busy: 0, executing: new Map() };
    this.#workers.set(workerId, worker);
    return worker;
  }

  /** Drops the oldest idle worker if there are too many, as workers that are replaced do not come back. */
  #makeRoom(): void {
    if (this.#workers.size - this.#busy < MAX_IDLE) return;
    for (const [workerId, { executing }] of this.#workers) {
      if (executing.size > 0) continue;
      this.#workers.delete(workerId);
      return;
    }
  }
}

/** Sorts `w2` before `w10`. */
const COLLATOR = new Intl.Collator("en", { numeric: true });
