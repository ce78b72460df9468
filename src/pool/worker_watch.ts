// The doubts about a worker that seems to live: it may be blocked, or not report how its tasks have ended. Used
// by `PoolWorker`, which ends the worker if a doubt is confirmed.

import { elapsed } from "../data/clock.ts";
import { ENDED, RUNNING } from "../wire/shared_task_ring.ts";
import type { Blame } from "./blame.ts";
import type { Liveness } from "./liveness.ts";
import { notStarted, unresponsive, unsound } from "./worker_errors.ts";
import type { WorkerQueue } from "./worker_queue.ts";

/** The time after which a worker that has started none of its tasks is pinged, in milliseconds. */
const UNTAKEN_MS = 100;

const UNSOUND = { cause: "unsound" } as const;

/**
 * Watches over one worker:
 *
 * | observation                                  | consequence                                             |
 * | -------------------------------------------- | ------------------------------------------------------- |
 * | it starts no task on a free strand           | it gets no tasks until it answers a ping                |
 * | it does not answer within `loadTimeout`      | it is terminated, unless it executes a handler          |
 * | a task has ended, and the report is missing  | it is terminated, if it answers a ping without a report |
 * | it starts a task after an uncaught error     | it is terminated, as it breaks the protocol             |
 */
export class WorkerWatch {
  readonly #worker: WatchedWorker;
  readonly #loadTimeout: number;
  #isBlocked = false;
  #isLosing = false;

  /**
   * @param worker The worker.
   * @param loadTimeout The time that it has to answer, in milliseconds.
   */
  constructor(worker: WatchedWorker, loadTimeout: number) {
    this.#worker = worker;
    this.#loadTimeout = loadTimeout;
  }

  /** `true` if its event loop is blocked, so that it does not start its tasks. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /**
   * Checks the worker: reports handlers that it has called without a report, and detects a worker that breaks
   * the protocol or starts none of its tasks.
   */
  look(): void {
    const { id, queue } = this.#worker;
    queue.look();
    if (this.#worker.isDead()) return;
    if (queue.hasStartedAfter(this.#worker.closedAt())) {
      const what = "it started an activation after something had failed in it";
      return this.#worker.die(unsound(id, what), UNSOUND);
    }
    if (queue.isUnresponsive(elapsed(), UNTAKEN_MS)) this.suspect();
    this.#lookForLost();
  }

  /** Gives the worker no more tasks until it answers a ping, as other workers can execute them. */
  suspect(): void {
    if (!this.#isBlocked) void this.#awaitAnswer();
  }

  /**
   * Waits until a worker that does not start its tasks answers a ping, and terminates it if it does not
   * answer in time.
   */
  async #awaitAnswer(): Promise<void> {
    const { id, queue, liveness } = this.#worker;
    const from = elapsed();
    this.#isBlocked = true;
    while (!this.#worker.isDead() && !await liveness.checkLoosely()) {
      if (this.#worker.isDead() || elapsed() - from < this.#loadTimeout) continue;
      // A worker with an executing handler is not terminated, as a handler may take any time.
      if (queue.in(RUNNING).length > 0) continue;
      const error = this.#worker.hasServed()
        ? unresponsive(id, this.#loadTimeout)
        : notStarted(id, `it did not answer within ${this.#loadTimeout} ms`);
      return this.#worker.die(error, { cause: "nobody" });
    }
    this.#isBlocked = false;
    this.#worker.advanced();
  }

  /** Finds tasks that have ended, but whose ends the worker does not report although it answers. */
  #lookForLost(): void {
    const { id, queue, liveness } = this.#worker;
    if (!queue.sweepEnded() || this.#isLosing) return;
    const ended = queue.in(ENDED);
    this.#isLosing = true;
    void liveness.check().then((answers) => {
      this.#isLosing = false;
      if (this.#worker.isDead() || !answers) return;
      if (!ended.some((held) => queue.has(held))) return;
      this.#worker.die(unsound(id, "it has not reported how an activation ended"), UNSOUND);
    });
  }
}

/** The parts of a worker that are needed to watch over it. */
export interface WatchedWorker {
  readonly id: string;
  readonly queue: WorkerQueue;
  readonly liveness: Liveness;
  /** The time from which the worker starts no more tasks, as reported by it, in epoch milliseconds. */
  closedAt(): number;
  isDead(): boolean;
  /** Checks whether the worker has done anything that it was asked for. */
  hasServed(): boolean;
  /** Called when the worker may be given tasks again. */
  advanced(): void;
  /** The worker cannot be used any more. */
  die(error: Error, blame: Blame): void;
}
