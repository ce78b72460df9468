import { now } from "../data/clock.ts";
import { holdForLife } from "../data/thread_lock.ts";
import type { HostMessage } from "../wire/messages.ts";
import { ownPort, type Port } from "./own_port.ts";
import { Runner } from "./runner.ts";
import { supervise, type SupervisedScope } from "./supervise.ts";

/**
 * Makes this thread a worker of a pool.
 *
 * @param scope The global scope of the worker.
 */
export function startWorker(scope: WorkerScope): void {
  const port = ownPort(scope);
  const runner = new Runner(scope.name.slice(scope.name.lastIndexOf("/") + 1), port);
  // Hides the messages of the host from listeners of routines, as this listener is the first one. Events that
  // a routine dispatches itself are not trusted, and are left alone.
  const own = (type: string, receive: (event: Event) => void) =>
    scope.addEventListener(type, (event) => {
      if (!event.isTrusted) return;
      event.stopImmediatePropagation();
      receive(event);
    });
  own("message", (event) => runner.receive((event as MessageEvent<HostMessage>).data));
  own("messageerror", () => runner.unreadable());

  supervise(scope, runner);

  // The host waits for the same lock, and gets it when this thread has ended.
  holdForLife(scope.name, () => port.postMessage({ type: "ready", at: now() }));
}

/** The part of a worker's global scope that is used here. */
export interface WorkerScope extends Port, SupervisedScope {
  readonly name: string;
}
