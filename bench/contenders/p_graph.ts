import { PGraph, type PGraphNodeRecord } from "npm:p-graph@2.0.0";
import type { FlowContender } from "./contender.ts";

const STAGES: PGraphNodeRecord = { first: {}, second: {}, third: {}, fourth: {}, fifth: {} };

/**
 * Runs in this process, without workers. As in its documentation: one graph for all runs, and one
 * function for all nodes. It passes no values from node to node, so each run stores its number
 * itself.
 */
export const contender: FlowContender = {
  version: "2.0.0",
  start(maxWorkers) {
    const graph = new PGraph(STAGES, [
      ["first", "second"],
      ["second", "third"],
      ["third", "fourth"],
      ["fourth", "fifth"],
    ]);
    const runJob = async (start: number) => {
      let value = start;
      const run = () => {
        value++;
      };
      await graph.run({ concurrency: maxWorkers, run });
      return value;
    };
    return Promise.resolve({
      renew: () => Promise.resolve(),
      async runJobs(count) {
        const values = await Promise.all(Array.from({ length: count }, (_, i) => runJob(i)));
        return () => values;
      },
      close: () => Promise.resolve(),
    });
  },
};
