import { Flow } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import type { Store } from "@millrace/flow/store";
import { lastStage, sink, source, stage } from "../tasks/routines.ts";

/** The number of activations of each job of the five-stage flow. */
export const STAGES = 5;

/** Creates a flow of five stages that do almost nothing. */
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

/** Creates a flow in which one activation leads to very many. */
export function manyItems(store?: Store) {
  return new Flow({ id: "many items", ...store && { store }, maxWorkers: 2 })
    .add("source", source)
    .add("sink", sink)
    .connect("source.item", "sink.item");
}
