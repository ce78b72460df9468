/**
 * The channel to a worker of another kind than a Web Worker, such as a process. It carries bytes, and is the
 * only part to implement on the side of the pool: {@linkcode WorkerPoolOptions.startWorker} starts a worker
 * and returns its channel. At the other end, `serveWorker` of `@millrace/flow/worker` executes the routines.
 * Both ends must trust each other, run the same versions of Deno and of this library, and have the same code
 * at the URLs of the routines' modules.
 */
export interface WorkerChannel {
  /**
   * Sends a message to the worker. Unless the worker has ended, messages must arrive whole and in the order
   * in which they were sent. Must not wait for the worker. If it throws, or returns a promise that rejects,
   * the worker is lost.
   */
  send(message: Uint8Array): void;
  /**
   * Ends the worker at once, even if it is blocked by an endless loop. May be called after the worker has
   * ended. The worker must also end if the process of the pool ends without this call: by itself when it
   * reads the end of the channel, and by a thread that supervises it if its code never yields.
   */
  close(): void;
}

/**
 * The events of a worker of another kind, to be called by its channel. If an event is called from within
 * `startWorker` or a method of the channel, it takes effect after that call has returned.
 */
export interface ChannelEvents {
  /** The worker sent a message. Messages must be passed on whole and in the order in which they were sent. */
  message(message: Uint8Array): void;
  /**
   * The worker has ended, cannot be reached, or did not start in time. All messages that it sent must have
   * been passed on before.
   *
   * @param why The reason, for the errors of the activations that it executed, as `its process was killed`.
   */
  ended(why: string): void;
}

/**
 * Starts a worker of another kind.
 *
 * @param workerId The worker's id in its pool, as `w1`.
 * @param events The functions to call for events of the worker.
 * @returns The channel to the worker, which may still be starting; not a promise.
 */
export type StartWorker = (workerId: string, events: ChannelEvents) => WorkerChannel;
