// The interface of a worker of any kind within the pool, which `PoolWorker` uses. `WorkerThread` implements
// it for a thread of this process, `ChannelWorker` for a worker behind a channel.

import type { HostMessage, WorkerMessage } from "../wire/messages.ts";

/**
 * A worker of any kind, from its start to its end, which may come after `terminate`.
 *
 * Its first message is `ready`, and the host's answer to it is `start`, with the memory of a
 * {@linkcode SharedTaskRing}. From then on, the handle or its worker makes the steps of the worker in that
 * ring: a task is `RUNNING` before its handler is called, and `ENDED` before the item that reports its end is
 * received.
 */
export interface WorkerHandle {
  /**
   * Sends a message. Messages arrive in the order in which they were sent. Does nothing if the worker has
   * ended.
   *
   * @param message The message.
   * @param transfer Objects that are moved with it.
   * @throws If a part of the message cannot be sent; no part of it was sent then.
   */
  post(message: HostMessage, transfer?: readonly Transferable[]): void;
  /** Ends the worker, even if it is executing tasks. No message is received from it any more. */
  terminate(): void;
}

/**
 * The events of a worker. They are not called before the function that starts the worker has returned, nor
 * from within `post`.
 */
export interface HandleEvents {
  /** The worker sent a message. Messages are received in the order in which they were sent. */
  message(message: WorkerMessage): void;
  /**
   * The worker did not begin a task that its handle has made `CLAIMED` or `RUNNING` on its behalf, and will
   * not begin it.
   */
  returned(task: number): void;
  /**
   * The worker cannot go on. It is terminated then.
   *
   * @param why The reason.
   * @param fix The remedy, if the worker has not started.
   */
  broken(why: string, fix?: string): void;
  /** The worker sent a message that cannot be read. It is terminated then. */
  unreadable(): void;
  /** The worker was terminated a second ago, but still runs. Called at most once. */
  stuck(): void;
  /** The worker has ended, and all its messages have been received. Called once, as the last event. */
  gone(): void;
}

/**
 * Starts a worker.
 *
 * @param workerId The worker's id, as `w1`.
 * @param events The events of the worker.
 */
export type StartHandle = (workerId: string, events: HandleEvents) => WorkerHandle;
