import type { WorkerMessage } from "../pool/protocol.ts";

/** The part of a worker's global scope that reaches the host. */
export interface Port {
  postMessage(message: WorkerMessage, transfer?: readonly Transferable[]): void;
}

/**
 * Keeps the way to the host for the pool alone: what a routine sent there would be taken for the word
 * of its worker.
 *
 * @param scope The global scope.
 * @returns The way to the host.
 */
export function ownPort(scope: Port): Port {
  const postMessage = scope.postMessage.bind(scope);
  scope.postMessage = () => {
    throw new TypeError(
      "self.postMessage is the pool's in a worker of a pool; tell the host by ctx.emit or ctx.progress",
    );
  };
  return { postMessage };
}
