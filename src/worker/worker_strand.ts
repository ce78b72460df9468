import { Fifo } from "../data/fifo.ts";
import type { Place, TaskBatch } from "../wire/task_batch.ts";

/** A strand of a worker, on which tasks are executed one at a time, in the order of their arrival. */
export class WorkerStrand {
  readonly #runs = new Fifo<TaskRun>();
  /** `true` while a task is executing. */
  isBusy = false;
  /** The start of the last task that the host has sent, in epoch milliseconds. */
  startedAt = 0;
  /** The task whose routine is being loaded. The host may have revoked it since. */
  loading: number | undefined;

  /** Adds tasks at the end. */
  push(run: TaskRun): void {
    this.#runs.push(run);
  }

  /** Returns the next tasks, if there are any. */
  next(): TaskRun | undefined {
    for (let run = this.#runs.peek(); run !== undefined; run = this.#runs.peek()) {
      if (run.from < run.to) return run;
      this.#runs.shift();
    }
    return undefined;
  }
}

/** Tasks of one message that wait on a strand. */
export interface TaskRun {
  readonly batch: TaskBatch;
  /** The place in the message at which the next task begins. */
  from: Place;
  /** The place in the message at which the last task ends. */
  readonly to: Place;
}
