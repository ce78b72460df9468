import { now } from "../data/clock.ts";
import type { Command } from "../engine/decide.ts";
import type { Job, LiveActivation } from "../engine/job.ts";
import type { Wait } from "../engine/job_event.ts";
import type { Clock, DeadlineHost, Deadlines } from "./deadlines.ts";
import type { JobClocks } from "./job_clocks.ts";
import type { TaskBoard } from "./task_board.ts";
import { activationTimedOut, jobTimedOut, signalTimedOut } from "./timeout_errors.ts";

/**
 * Milliseconds until an activation that has used up its time, and may have ended, is looked at
 * again.
 */
const SOON_MS = 100;

/** The part of a flow's runner that `Expiries` use. */
export interface ExpiryHost {
  /** Renews clocks. */
  readonly deadlines: Pick<Deadlines, "renew">;
  /** Does what is asked of a job. */
  execute(job: Job, command: Command): void;
  /** A queued activation may begin. */
  due(job: Job, live: LiveActivation): void;
}

/** Acts on times that have come, after a look at how far the activation is by now. */
export class Expiries implements DeadlineHost {
  readonly #host: ExpiryHost;
  readonly #board: TaskBoard;
  readonly #clocks: JobClocks;

  /**
   * @param host The runner of the flow.
   * @param board The activations that the pool has.
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
    if (clock === "queue" && this.#board.stateOf(job, live) === "loading") {
      // A worker has it, and loading has a clock of its own.
      const from = this.#soon(job, timeout);
      return this.#host.deadlines.renew(job, live, clock, from, timeout);
    }
    const isAtWorker = this.#board.revoke(job, live);
    if (clock === "queue" && isAtWorker) return;
    if (isAtWorker && !this.#isUp(job, live, clock, timeout)) return;
    const error = activationTimedOut(job, live, clock, timeout);
    const isLast = clock === "total";
    if (isAtWorker) return this.#board.stop(job, live, { type: "fail", error, isLast });
    const { activationId } = live.activation;
    const end = { error, execution: undefined, isLast, chance: Math.random() };
    this.#host.execute(job, { type: "fail", activationId, ...end });
  }

  jobTimedOut(job: Job): void {
    this.#host.execute(job, { type: "stop", outcome: "failed", error: jobTimedOut(job) });
  }

  waitTimedOut(job: Job, wait: Wait): void {
    const { waitId } = wait;
    const error = signalTimedOut(job, wait);
    this.#host.execute(job, { type: "expire", waitId, error, chance: Math.random() });
  }

  /**
   * Checks whether the time of an activation that was begun is up; if not, it is given what is due
   * to it.
   */
  #isUp(job: Job, live: LiveActivation, clock: Clock, timeout: number): boolean {
    // What waits to be executed once more is not executed.
    if (clock === "total" && this.#board.stateOf(job, live) !== "ended") return true;
    const startedAt = this.#board.startedAt(job, live);
    if (startedAt !== undefined && (clock === "total" || startedAt + timeout <= now())) return true;
    // Its result is on its way, or was lost with another's worker, and it will be executed again: of
    // its total time nothing is left for that.
    const from = startedAt === undefined
      ? clock === "total" ? this.#soon(job, timeout) : this.#clocks.now(job)
      : this.#clocks.of(job, startedAt);
    this.#host.deadlines.renew(job, live, clock, from, timeout);
    return false;
  }

  /** When a clock of a job would have started, for it to run out soon. */
  #soon(job: Job, timeout: number): number {
    return this.#clocks.now(job) + SOON_MS - timeout;
  }
}
