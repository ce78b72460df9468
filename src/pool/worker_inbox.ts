// Sends messages to one worker, and records the routines that were sent to it. Used by `PoolWorker` and its
// helpers.

import type { BindingMessage, HostMessage } from "../wire/messages.ts";
import { addTask, introduce, introducedBy, newBatch } from "../wire/task_batch.ts";
import type { Bound } from "./bound.ts";
import type { QueuedTask } from "./queued_task.ts";
import { configOf, sentIdOf } from "./run.ts";
import type { WorkerHandle } from "./worker_handle.ts";

/** Sends numbered messages to a worker, and records the routines that the worker knows from them. */
export class WorkerInbox {
  readonly #thread: WorkerHandle;
  readonly #mayGoOn: boolean;
  readonly #known = new Map<number, BindingMessage>();
  /** The number of the message that introduced each routine. */
  readonly #introduced = new Map<number, number>();
  /** The routines whose receivers the worker knows. */
  readonly #ways = new Set<number>();
  #sent = 0;

  /**
   * @param thread The worker.
   * @param mayGoOn `true` if it may go straight on from one task to the next.
   */
  constructor(thread: WorkerHandle, mayGoOn: boolean) {
    this.#thread = thread;
    this.#mayGoOn = mayGoOn;
  }

  /** The number of messages sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Returns the routine with a number, if the worker knows it. */
  bindingOf(number: number): BindingMessage | undefined {
    return this.#known.get(number);
  }

  /**
   * Sends a message.
   *
   * @returns The number of the message.
   * @throws If the message cannot be sent; no part of it was sent then.
   */
  post(message: HostMessage, transfer?: readonly Transferable[]): number {
    this.#thread.post(message, transfer);
    return ++this.#sent;
  }

  /** Sends tasks, with the routines that the worker does not know yet. The tasks must have numbers. */
  postTasks(tasks: readonly QueuedTask[]): void {
    const batch = newBatch();
    for (const held of tasks) {
      const { task, bound, number } = held;
      if (!this.#known.has(bound.number)) introduce(batch, bound.message);
      held.message = this.#sent + 1;
      // Read again each time, as a task that was executed and lost may have flushed.
      const { jobId, payload, committed, traceparent } = task;
      const config = configOf(task);
      addTask(batch, number, jobId, sentIdOf(task), payload, committed, traceparent, config);
    }
    this.post(batch, tasks[0]?.task.transfer);
    introducedBy(batch)?.forEach((binding) => this.#learn(binding));
    if (this.#mayGoOn) { for (const { bound } of tasks) this.#postWays(bound); }
  }

  /** Makes the worker load a routine. */
  postLoad({ message }: Bound): void {
    this.post({ type: "load", binding: message });
    this.#learn(message);
  }

  /** Makes the worker drop a routine. */
  postForget(binding: number): void {
    this.#introduced.delete(binding);
    this.#ways.delete(binding);
    if (this.#known.delete(binding)) this.post({ type: "forget", binding });
  }

  /**
   * Forgets the routines of a message that the worker could not read, so that they are sent again.
   *
   * @returns The numbers of the routines.
   */
  unlearn(message: number): ReadonlySet<number> {
    const unknown = new Set<number>();
    for (const [number, introducedIn] of this.#introduced) {
      if (introducedIn !== message) continue;
      unknown.add(number);
      this.#known.delete(number);
      this.#introduced.delete(number);
      this.#ways.delete(number);
    }
    return unknown;
  }

  /** Makes the receivers known to which the worker may go straight on from a routine. */
  #postWays({ number, ways }: Bound): void {
    if (ways === undefined || this.#ways.has(number)) return;
    this.#ways.add(number);
    this.post({ type: "ways", binding: number, ways });
  }

  #learn(binding: BindingMessage): void {
    this.#known.set(binding.number, binding);
    this.#introduced.set(binding.number, this.#sent);
  }
}
