import { Piscina } from "npm:piscina@5.3.2";
import { type Contender, worker } from "./contender.ts";

/** A task names its module, so a module that does not load leaves the others. */
export const contender: Contender = {
  name: "piscina",
  version: "5.3.2",
  start(misdeed) {
    const filename = worker("piscina").href;
    const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
    const module = MODULES[misdeed];
    return {
      healthy: () => pool.run(undefined, { name: "healthy" }),
      misbehave: (timeout) =>
        pool.run(undefined, {
          name: misdeed,
          ...module !== undefined && { filename: worker(module).href },
          ...timeout !== undefined && { signal: AbortSignal.timeout(timeout) },
        }),
      close: () => pool.destroy(),
    };
  },
};

const MODULES: Readonly<Record<string, string>> = {
  failsToLoad: "fails_to_load",
  neverLoads: "never_loads",
};
