import type { WorkerMessage } from "../wire/messages.ts";

/**
 * Reserves the port to the host for the pool, as messages of a routine would be mistaken for messages of the
 * worker.
 *
 * @param scope The global scope.
 * @returns The port to the host.
 */
export function ownPort(scope: Port): Port {
  const postMessage = scope.postMessage.bind(scope);
  scope.postMessage = () => {
    throw new TypeError(
      "self.postMessage is the pool's in a worker of a pool; send data to the host by ctx.emit or ctx.progress",
    );
  };
  return { postMessage, canMove: true };
}

/** The part of a worker's global scope that sends messages to the host. */
export interface Port {
  postMessage(message: WorkerMessage, transfer?: readonly Transferable[]): void;
  /** `true` if it moves memory; absent if it copies all that it sends. */
  readonly canMove?: boolean;
  /**
   * Ends the worker, as even plain data cannot be sent any more. A port that never fails to send plain data
   * does not have it.
   */
  giveUp?(error: unknown): never;
}
