import { setExecutingProbe } from "../routine/loading.ts";
import { announceExits, type Closable } from "./announce_exits.ts";
import { reportInContext, type TimerScope } from "./owned_timers.ts";
import { currentOwner, Owner } from "./owner.ts";
import type { Runner } from "./runner.ts";

/**
 * Reports to a runner what routines do to their thread: uncaught errors, and calls that end it, each with the
 * activation or the module that it belongs to.
 *
 * @param scope The global scope of the thread.
 * @param runner The runner.
 */
export function supervise(scope: SupervisedScope, runner: Runner): void {
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
}

/** The part of a global scope that is used here. */
export interface SupervisedScope extends Closable, TimerScope, EventTarget {}
