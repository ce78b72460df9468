import type { Timer } from "../data/option.ts";
import type { Bound } from "./bound.ts";
import type { Lane } from "./lane.ts";
import type { Outcome, Task } from "./task.ts";

/** A task from when the pool has taken it from its source until it has ended or was taken back. */
export class HeldTask {
  readonly task: Task;
  readonly lane: Lane;
  readonly bound: Bound;
  /** How long it was thought to take when it was given to a worker, in milliseconds. */
  estimate = 0;
  /** Why it was told to stop, if it was. */
  abortReason: Error | undefined;
  /** What happens if it does not. */
  grace: Timer | undefined;
  #isBegun = false;
  #isEnded = false;

  constructor(task: Task, lane: Lane, bound: Bound) {
    this.task = task;
    this.lane = lane;
    this.bound = bound;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Whether it takes something along that cannot be sent twice. */
  get hasTransfer(): boolean {
    const { transfer } = this.task;
    return transfer !== undefined && transfer.length > 0;
  }

  begin(workerId: string): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.task.begin(workerId);
  }

  /** Ends the task, unless it has ended before. */
  end(outcome: Outcome, workerId: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.grace !== undefined) clearTimeout(this.grace);
    this.begin(workerId);
    this.task.end(outcome);
  }
}
