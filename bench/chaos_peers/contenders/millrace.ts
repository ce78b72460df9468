import { WorkerPool } from "@millrace/flow/pool";
import config from "../../../deno.json" with { type: "json" };
import { TIMEOUT_MS } from "../rows.ts";
import { tasks } from "../workers/millrace.ts";
import { failsToLoad } from "../workers/millrace_fails_to_load.ts";
import { neverLoads } from "../workers/millrace_never_loads.ts";
import type { Contender } from "./contender.ts";

export const contender: Contender = {
  name: "Millrace",
  version: config.version,
  start(misdeed) {
    const pool = new WorkerPool({ maxWorkers: 2, loadTimeout: TIMEOUT_MS });
    return {
      healthy: () => pool.run(tasks, "healthy"),
      misbehave(timeout) {
        if (misdeed === "failsToLoad") return pool.run(failsToLoad, "go");
        if (misdeed === "neverLoads") return pool.run(neverLoads, "go");
        const options = timeout === undefined ? {} : { timeout };
        return pool.run(tasks, misdeed, undefined, options);
      },
      close: () => pool.close(),
    };
  },
};
