// A program that adds methods to the prototypes of all objects and lists, and keeps every kind of value.

import "./pollution.ts";
import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { SAMPLE_VALUES } from "../../src/store/conformance/sample_values.ts";
import { sameValue } from "../../src/data/same_value.ts";
import { keeper } from "../routines/keeper.ts";
import { polluter } from "./polluted_routine.ts";

const VALUES = {
  ...SAMPLE_VALUES,
  "plain data": () => ({ when: "now", tags: ["a", { deep: [1, [2]] }] }),
  "dates in a list": () => ({ tags: [new Date(0)] }),
  "numbers in a list": () => [1, 2, 3],
};

const [file = ""] = Deno.args;
for (const run of ["first", "recovered"]) {
  const store = new SqliteStore(file);
  const flow = new Flow({ id: "polluted", maxWorkers: 1, store })
    .add("keeper", keeper).add("polluter", polluter);
  await flow.preload();
  if (run === "recovered") await flow.recover();
  for (const [jobId, make] of Object.entries(VALUES)) {
    try {
      const job = flow.start("keeper.value", make(), { jobId });
      const { status, error, sharedData } = await job.waitForCompletion();
      if (status !== "completed") throw error;
      if (!sameValue(sharedData.value, make())) throw new Error("it is another");
    } catch (error) {
      console.log(`${run}, ${jobId}: ${error}`);
    }
  }
  await flow.close();
  store.close();
}
