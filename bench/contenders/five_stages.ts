import { Flow } from "@millrace/flow";
import type { Pool } from "@millrace/flow/pool";
import type { Store } from "@millrace/flow/store";
import { lastStage, stage } from "../tasks/routines.ts";

/** The slot at which the jobs of the five-stage flow start. */
export const ENTRY = "first.input";

/** Creates the five-stage flow, with its default store or another one. */
export function fiveStages(pool: Pool, store?: Store) {
  return new Flow({ id: "five stages", pool, ...store !== undefined && { store } })
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
