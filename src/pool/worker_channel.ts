/**
 * The channel to a worker of another kind than a Web Worker, such as a process. It carries bytes, and is all
 * that such a kind has to implement on the side of the pool: {@linkcode WorkerPoolOptions.startWorker} starts
 * a worker and returns its channel. At the other end, `serveWorker` of `@millrace/flow/worker` executes the
 * routines. Both ends trust each other, and run the same versions of Deno and of this library; the modules of
 * the routines have the same URLs, and are the same code, at both.
 */
export interface WorkerChannel {
  /**
   * Sends a message to the worker. Messages arrive whole and in the order in which they were sent, or the
   * worker has ended. Must not wait for the worker; if it throws, or returns a promise that rejects, the
   * worker is lost.
   */
  send(message: Uint8Array): void;
  /**
   * Ends the worker at once, also one that is blocked by an endless loop. May be called after the worker has
   * ended. The worker has to end as well when the process of the pool ends without this call: by itself when it
   * reads the end of the channel, and by a thread that watches over it when something in it never yields.
   */
  close(): void;
}

/**
 * The events of a worker of another kind, to be called by its channel. An event that comes from within
 * `startWorker`, or a method of the channel, takes effect after that has returned.
 */
export interface ChannelEvents {
  /** A message has come from the worker: whole, and in the order in which it was sent. */
  message(message: Uint8Array): void;
  /**
   * The worker has ended, or cannot be reached: after all that it sent was passed on, or because it did not
   * start in time.
   *
   * @param why The reason, for the errors of the activations that it executed, as `its process was killed`.
   */
  ended(why: string): void;
}

/**
 * Starts a worker of another kind.
 *
 * @param workerId The worker's id in its pool, as `w1`.
 * @param events To be called with the events of the worker.
 * @returns The channel to the worker, which may be starting still. Not a promise of it.
 */
export type StartWorker = (workerId: string, events: ChannelEvents) => WorkerChannel;
