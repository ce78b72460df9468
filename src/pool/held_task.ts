import type { Timer } from "../data/timer.ts";
import type { Bound } from "./bound.ts";
import type { Lane } from "./lane.ts";
import type { Outcome, Task } from "./task.ts";

/** A task from when the pool has taken it from its source until it has ended or was taken back. */
export class HeldTask {
  readonly task: Task;
  readonly lane: Lane;
  readonly bound: Bound;
  /** Its place in the order in which the pool took its tasks. */
  readonly order: number;
  /** How long it was thought to take when it was given to a worker, in milliseconds. */
  estimate = 0;
  /** Why it was told to stop, if it was. */
  abortReason: Error | undefined;
  /** What happens if it does not. */
  grace: Timer | undefined;
  #isAlone: boolean;
  #isBegun = false;
  #isEnded = false;

  constructor(task: Task, lane: Lane, bound: Bound, order: number) {
    this.task = task;
    this.lane = lane;
    this.bound = bound;
    this.order = order;
    this.#isAlone = this.hasTransfer;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Whether it takes something along that cannot be sent twice. */
  get hasTransfer(): boolean {
    const { transfer } = this.task;
    return transfer !== undefined && transfer.length > 0;
  }

  /** Whether it goes to an idle worker only, and in a message of its own. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /**
   * Sends it alone from now on, as it, or one that it was sent with, came to nothing.
   *
   * @returns Whether it may have been another: false if it was alone already.
   */
  setApart(): boolean {
    const wasAlone = this.#isAlone;
    this.#isAlone = true;
    return !wasAlone;
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
