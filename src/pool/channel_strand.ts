import { Fifo } from "../data/fifo.ts";
import { CLAIMED, QUEUED, type SharedTaskRing } from "../wire/shared_task_ring.ts";

/** A strand of a worker behind a channel: its tasks wait on the host until their turn has come. */
export class ChannelStrand {
  readonly #waiting = new Fifo<WaitingTask>();
  /** The task that the worker executes. */
  running: number | undefined;

  /** Adds a task at the end. */
  push(task: WaitingTask): void {
    this.#waiting.push(task);
  }

  /** Returns the task whose turn it is, if the strand is free. Drops tasks that were revoked. */
  next(ring: SharedTaskRing): WaitingTask | undefined {
    if (this.running !== undefined) return undefined;
    for (let task = this.#waiting.peek(); task !== undefined; task = this.#waiting.peek()) {
      const state = ring.state(task.number);
      if (state === QUEUED || state === CLAIMED) return task;
      this.#waiting.shift();
    }
    return undefined;
  }

  /** Removes the task whose turn it is. */
  shift(): void {
    this.#waiting.shift();
  }
}

/** A task that was not sent to its worker yet. */
export interface WaitingTask {
  readonly number: number;
  readonly binding: number;
  /** The message with the task. */
  readonly message: Uint8Array;
}
