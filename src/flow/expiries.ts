// Acts on timers that fire: activations that may begin, and activations, waits and jobs whose time is up.
// `Deadlines` calls it, and `Dispatcher` puts its commands into effect.

import { now } from "../data/clock.ts";
import type { Command } from "../engine/command.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import type { Clock, DeadlineHost, Deadlines } from "./deadlines.ts";
import type { JobClocks } from "./job_clocks.ts";
import type { TaskBoard } from "./task_board.ts";
import { activationTimedOut, jobTimedOut, signalTimedOut } from "./timeout_errors.ts";

/**
 * The time after which an activation whose time has run out, but which may have ended, is checked again, in
 * milliseconds.
 */
const SOON_MS = 100;

/** Acts on timeouts, after checking the current state of the activation. */
export class Expiries implements DeadlineHost {
  readonly #host: ExpiryHost;
  readonly #board: TaskBoard;
  readonly #clocks: JobClocks;

  /**
   * @param host The runner of the flow.
   * @param board The activations that the pool holds.
   * @param clocks The clocks of the jobs.
   */
  constructor(host: ExpiryHost, board: TaskBoard, clocks: JobClocks) {
    this.#host = host;
    this.#board = board;
    this.#clocks = clocks;
  }

  due(job: Job, live: LiveActivation): void {
    this.#host.due(job, live);
  }

  timedOut(job: Job, live: LiveActivation, clock: Clock, timeout: number): void {
    if (clock === "queue" && this.#board.stateOf(live) === "loading") {
      // A worker has taken the activation and loads its module, which has a timeout of its own.
      const from = this.#soon(job, timeout);
      return this.#host.deadlines.renew(job, live, clock, from, timeout);
    }
    const isAtWorker = this.#board.revoke(job, live);
    if (clock === "queue" && isAtWorker) return;
    if (isAtWorker && !this.#isUp(job, live, clock, timeout)) return;
    const error = activationTimedOut(job, live, clock, timeout);
    const isLast = clock === "total";
    if (isAtWorker) return this.#board.stop(live, { type: "fail", error, isLast });
    const { activationId } = live.activation;
    const end = { error, execution: undefined, isLast, chance: Math.random() };
    this.#host.dispatch(job, { type: "fail", activationId, ...end });
  }

  jobTimedOut(job: Job): void {
    this.#host.dispatch(job, { type: "stop", outcome: "failed", error: jobTimedOut(job) });
  }

  waitTimedOut(job: Job, wait: Wait): void {
    const { waitId } = wait;
    const error = signalTimedOut(job, wait);
    this.#host.dispatch(job, { type: "expire", waitId, error, chance: Math.random() });
  }

  /**
   * Checks whether the time of an activation at a worker is up, and restarts its clock for the remaining time
   * if not.
   */
  #isUp(job: Job, live: LiveActivation, clock: Clock, timeout: number): boolean {
    // The total time is up in every state, unless the result may be on its way.
    if (clock === "total" && this.#board.stateOf(live) !== "ended") return true;
    const startedAt = this.#board.startedAt(live);
    if (startedAt !== undefined && (clock === "total" || startedAt + timeout <= now())) return true;
    // Either the result is on its way, or it was lost with a worker and the activation is executed again, for
    // which no total time is left.
    const from = startedAt === undefined
      ? clock === "total" ? this.#soon(job, timeout) : this.#clocks.now(job)
      : this.#clocks.of(job, startedAt);
    this.#host.deadlines.renew(job, live, clock, from, timeout);
    return false;
  }

  /** Returns the start of a clock of a job that will run out soon. */
  #soon(job: Job, timeout: number): number {
    return this.#clocks.now(job) + SOON_MS - timeout;
  }
}

/** The part of a flow's runner that `Expiries` uses. */
export interface ExpiryHost {
  /** The timers of the flow, whose clocks can be restarted. */
  readonly deadlines: Pick<Deadlines, "renew">;
  /** Puts a command to a job into effect. */
  dispatch(job: Job, command: Command): void;
  /** Called when a queued activation may begin. */
  due(job: Job, live: LiveActivation): void;
}
