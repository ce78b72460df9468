import { Fifo } from "../data/fifo.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { LiveActivation } from "../engine/job.ts";
import type { ReadyActivation } from "../engine/engine.ts";
import type { Pool } from "../pool/task.ts";
import type { ActivationTask } from "./activation_task.ts";

/** An attempt that was interrupted, to be executed once more. */
interface Interrupted extends ReadyActivation {
  readonly attempt: number;
}

/**
 * The attempts that wait until what they flushed is stored. In an outage of the store that lasts they
 * would hold workers that other flows need, so they are interrupted: each is executed once more, as the
 * same attempt, when the outage is over.
 */
export class Interruptions {
  readonly #pool: Pool;
  readonly #waiting = new Set<ActivationTask>();
  readonly #interrupted = new Fifo<Interrupted>();

  /** @param pool The pool that executes the attempts. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The number of attempts that are to be executed once more. */
  get size(): number {
    return this.#interrupted.size;
  }

  /** Waits, as the attempt does, until what it flushed is stored. */
  async whileWaiting(task: ActivationTask, stored: Promise<void>): Promise<void> {
    this.#waiting.add(task);
    try {
      await stored;
    } finally {
      this.#waiting.delete(task);
    }
  }

  /** Interrupts the attempts that wait. */
  interrupt(reason: Error): void {
    for (const task of [...this.#waiting]) {
      if (task.stopReason !== undefined) continue;
      task.stopReason = { type: "interrupt", error: serializeError(reason) };
      this.#pool.abort(task, reason);
    }
  }

  /** Adds an attempt that has ended, as it was interrupted. */
  add({ job, live }: ReadyActivation): void {
    this.#interrupted.push({ job, live, attempt: live.attempt });
  }

  /** Takes the next attempt that is to be executed once more, unless it was ended meanwhile. */
  take(): ReadyActivation | undefined {
    for (;;) {
      const next = this.#interrupted.shift();
      if (next === undefined || isStillExecuting(next)) return next;
    }
  }

  /** Takes out the interrupted attempts of which something is true. */
  drop(isMeant: (turn: ReadyActivation) => boolean): LiveActivation[] {
    const dropped: LiveActivation[] = [];
    for (const turn of this.#interrupted.drain()) {
      if (!isMeant(turn)) this.#interrupted.push(turn);
      else if (isStillExecuting(turn)) dropped.push(turn.live);
    }
    return dropped;
  }
}

function isStillExecuting({ live, attempt }: Interrupted): boolean {
  return live.state === "executing" && live.attempt === attempt;
}
