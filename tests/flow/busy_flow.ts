import { Flow } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import { collector, emitter } from "../routines/basics.ts";
import { keeper, scribe } from "../routines/context.ts";
import { thrower } from "../routines/errors.ts";
import { notebook } from "../routines/shared_data.ts";

/** A flow that can leave something in every field of its jobs. */
export function busyFlow(pool: WorkerPool) {
  return new Flow({ id: "busy", pool, maxWorkers: 1 })
    .add("emitter", emitter)
    .add("sink", collector)
    .add("keeper", keeper)
    .add("scribe", scribe)
    .add("thrower", thrower)
    .add("notebook", notebook)
    .connect("emitter.item", "sink.item")
    .connect("scribe.next", "keeper.first")
    .connect("keeper.next", "notebook.leavesWithoutReading");
}
