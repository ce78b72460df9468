import type { WorkerMessage } from "../wire/messages.ts";

/** The part of a worker's global scope that reaches the host. */
export interface Port {
  postMessage(message: WorkerMessage, transfer?: readonly Transferable[]): void;
}

/**
 * Reserves the way to the host for the pool: what a routine sent there would be taken for a message of its
 * worker.
 *
 * @param scope The global scope.
 * @returns The way to the host.
 */
export function ownPort(scope: Port): Port {
  const postMessage = scope.postMessage.bind(scope);
  scope.postMessage = () => {
    throw new TypeError(
      "self.postMessage is the pool's in a worker of a pool; send data to the host by ctx.emit or ctx.progress",
    );
  };
  return { postMessage };
}
