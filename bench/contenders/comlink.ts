import * as Comlink from "npm:comlink@4.4.2";
import { type Output, type TaskName, type Tasks, tasks } from "../tasks/tasks.ts";
import type { Contender } from "./contender.ts";
import { leastLoaded } from "./least_loaded.ts";

type Calls = Record<TaskName, (input: unknown) => Promise<unknown>>;

/**
 * It has no pool, so each task goes to the worker with the fewest tasks. The proxy of each worker
 * function is created once, not for every call.
 */
export const contender: Contender = {
  version: "4.4.2",
  start({ maxWorkers }) {
    const url = new URL("../tasks/comlink_worker.ts", import.meta.url);
    const lanes = Array.from({ length: maxWorkers }, () => {
      const worker = new Worker(url, { type: "module" });
      const remote = Comlink.wrap<Tasks>(worker) as unknown as Calls;
      const names = Object.keys(tasks) as TaskName[];
      const calls = Object.fromEntries(names.map((name) => [name, remote[name]])) as Calls;
      return { worker, calls, inFlight: 0 };
    });
    const run = async (task: TaskName, input: unknown, transfer?: ArrayBuffer[]) => {
      const lane = leastLoaded(lanes);
      lane.inFlight++;
      try {
        const sent = transfer === undefined ? input : Comlink.transfer(input as object, transfer);
        return await lane.calls[task](sent);
      } finally {
        lane.inFlight--;
      }
    };
    return Promise.resolve({
      run: <Name extends TaskName>(task: Name, input: unknown, transfer?: ArrayBuffer[]) =>
        run(task, input, transfer) as Promise<Output<Name>>,
      close() {
        for (const { worker } of lanes) worker.terminate();
        return Promise.resolve();
      },
    });
  },
};
