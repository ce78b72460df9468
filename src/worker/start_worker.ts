import { now } from "../data/clock.ts";
import { holdForLife } from "../data/thread_lock.ts";
import type { HostMessage } from "../wire/messages.ts";
import { setExecutingProbe } from "../routine/loading.ts";
import { announceExits, type Closable } from "./announce_exits.ts";
import { reportInContext, type TimerScope } from "./owned_timers.ts";
import { currentOwner, Owner } from "./owner.ts";
import { ownPort, type Port } from "./own_port.ts";
import { Runner } from "./runner.ts";

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

  reportInContext(scope);
  setExecutingProbe(() => currentOwner() instanceof Owner);
  announceExits(scope, (call) => runner.leaving(call, currentOwner()));

  // By default, an uncaught error would end this worker and then the whole program.
  const onUncaught = (event: Event, error: unknown) => {
    event.preventDefault();
    runner.uncaught(error, currentOwner());
  };
  scope.addEventListener("error", (event) => onUncaught(event, (event as ErrorEvent).error));
  scope.addEventListener(
    "unhandledrejection",
    (event) => onUncaught(event, (event as PromiseRejectionEvent).reason),
  );

  // The host waits for the same lock, and gets it when this thread has ended.
  holdForLife(scope.name, () => port.postMessage({ type: "ready", at: now() }));
}

/** The part of a worker's global scope that is used here. */
export interface WorkerScope extends Port, Closable, TimerScope, EventTarget {
  readonly name: string;
}
