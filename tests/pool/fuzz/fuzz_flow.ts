import { Flow, type Routine } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import { hostile } from "./hostile_routine.ts";
import { failsToLoad } from "./modules/fails_to_load.ts";
import { neverLoads } from "./modules/never_loads.ts";
import { slowToLoad } from "./modules/slow_to_load.ts";
import { sound } from "./sound_routine.ts";

/** The routines, by their ids in the flow. */
export const ROUTINES: Readonly<Record<string, Routine>> = {
  sound,
  hostile,
  slowToLoad,
  failsToLoad,
  neverLoads,
};

/** A flow that logs what its routines emit. */
export function flowOn(
  pool: WorkerPool,
  limits: { readonly maxWorkers?: number; readonly concurrency?: number },
): Flow {
  const flow = new Flow({ id: "fuzz", pool, ...limits })
    .add("sound", sound)
    .add("hostile", hostile)
    .add("slowToLoad", slowToLoad)
    .add("failsToLoad", failsToLoad)
    .add("neverLoads", neverLoads)
    .connect("sound.out", "sound.sink")
    .connect("hostile.out", "sound.sink")
    .connect("slowToLoad.out", "sound.sink");
  return flow as unknown as Flow;
}
