import { FixedThreadPool } from "npm:poolifier-web-worker@0.5.15";
import { type Contender, worker } from "./contender.ts";

/** Listens to its error event as well, as a careful user would. */
export const contender: Contender = {
  name: "poolifier-web-worker",
  version: "0.5.15",
  start(misdeed) {
    const module = MODULES[misdeed];
    const pool = new FixedThreadPool<unknown, unknown>(2, worker(module ?? "poolifier"), {
      errorEventHandler: (event) => event.preventDefault(),
    });
    return {
      healthy: module === undefined ? () => pool.execute(undefined, "healthy") : undefined,
      misbehave: (timeout) =>
        pool.execute(
          undefined,
          module === undefined ? misdeed : undefined,
          timeout === undefined ? undefined : AbortSignal.timeout(timeout),
        ),
      close: () => pool.destroy(),
    };
  },
};

const MODULES: Readonly<Record<string, string>> = {
  failsToLoad: "fails_to_load",
  neverLoads: "never_loads",
};
