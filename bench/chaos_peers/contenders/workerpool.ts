import { fileURLToPath } from "node:url";
import workerpool from "npm:workerpool@10.0.3";
import { type Contender, worker } from "./contender.ts";

export const contender: Contender = {
  name: "workerpool",
  version: "10.0.3",
  start(misdeed) {
    const module = MODULES[misdeed];
    const script = fileURLToPath(worker(module ?? "workerpool"));
    const pool = workerpool.pool(script, { minWorkers: 2, maxWorkers: 2 });
    return {
      healthy: module === undefined ? () => settled(pool.exec("healthy")) : undefined,
      misbehave(timeout) {
        const running = pool.exec(misdeed);
        return settled(timeout === undefined ? running : running.timeout(timeout));
      },
      close: async () => await pool.terminate(true),
    };
  },
};

const MODULES: Readonly<Record<string, string>> = {
  failsToLoad: "fails_to_load",
  neverLoads: "never_loads",
};

/** Converts a promise of the library's own class to a standard one. */
function settled(running: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => void running.then(resolve, reject));
}
