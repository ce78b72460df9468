import type { Workload } from "../harness/workload.ts";
import { burst } from "./burst.ts";
import { coldStart } from "./cold_start.ts";
import { configured } from "./config.ts";
import { demo } from "./demo.ts";
import { durations } from "./durations.ts";
import { flow } from "./flow.ts";
import { growth } from "./growth.ts";
import { hostCost } from "./host_cost.ts";
import { latency } from "./latency.ts";
import { limits } from "./limits.ts";
import { manyWaits } from "./many_waits.ts";
import { mix } from "./mix.ts";
import { parallel } from "./parallel.ts";
import { payloads } from "./payloads.ts";
import { steady } from "./steady.ts";
import { waits } from "./waits.ts";

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = [
  burst,
  latency,
  configured,
  steady,
  durations,
  mix,
  waits,
  manyWaits,
  payloads,
  flow,
  limits,
  hostCost,
  growth,
  coldStart,
  parallel,
  demo,
];

/** Finds a workload by its name. */
export function loadWorkload(name: string): Workload {
  const found = WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) throw new Error(`there is no workload "${name}"`);
  return found;
}
