import { Flow } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import type { Store } from "@millrace/flow/store";
import { lastStage, sink, source, stage } from "../tasks/routines.ts";

/** How many activations each job of the five-stage flow has. */
export const STAGES = 5;

/** Five stages that do next to nothing. */
export function fiveStages(store?: Store, pool?: WorkerPool) {
  return new Flow({ id: "five stages", ...store && { store }, ...pool && { pool }, maxWorkers: 2 })
    .add("first", stage)
    .add("second", stage)
    .add("third", stage)
    .add("fourth", stage)
    .add("fifth", lastStage)
    .connect("first.output", "second.input")
    .connect("second.output", "third.input")
    .connect("third.output", "fourth.input")
    .connect("fourth.output", "fifth.input");
}

/** One activation that leads to very many. */
export function manyItems(store?: Store) {
  return new Flow({ id: "many items", ...store && { store }, maxWorkers: 2 })
    .add("source", source)
    .add("sink", sink)
    .connect("source.item", "sink.item");
}
