import { now } from "../data/clock.ts";
import { serializeError } from "../data/serialized_error.ts";
import { holdForLife } from "../data/thread_lock.ts";
import type { HostMessage } from "../pool/protocol.ts";
import { announceExits, type Closable } from "./exits.ts";
import { HostLink } from "./host_link.ts";
import { ownPort, type Port } from "./own_port.ts";
import { Runner } from "./runner.ts";

/** The part of a worker's global scope that is used here. */
export interface WorkerScope extends Port, Closable, EventTarget {
  readonly name: string;
}

/**
 * Makes this thread a worker of a pool.
 *
 * @param scope The global scope of the worker.
 */
export function startWorker(scope: WorkerScope): void {
  const link = new HostLink(ownPort(scope));
  const runner = new Runner(scope.name.slice(scope.name.lastIndexOf("/") + 1), link);
  // Not `onmessage`, which a routine could set.
  scope.addEventListener("message", (event) => {
    runner.receive((event as MessageEvent<HostMessage>).data);
  });
  scope.addEventListener("messageerror", () => runner.unreadable());

  announceExits(scope, (call) => link.post({ type: "leaving", call }));

  // Left alone, an uncaught error would end this worker and then the whole program.
  const onUncaught = (event: Event, error: unknown) => {
    event.preventDefault();
    link.post({ type: "uncaught", error: serializeError(error) });
  };
  scope.addEventListener("error", (event) => onUncaught(event, (event as ErrorEvent).error));
  scope.addEventListener(
    "unhandledrejection",
    (event) => onUncaught(event, (event as PromiseRejectionEvent).reason),
  );

  // The host waits for the same lock, and has it when this thread is gone.
  holdForLife(scope.name, () => link.post({ type: "ready", at: now() }));
}
