import type { Output, TaskName } from "../tasks/tasks.ts";
import type { Contender } from "./contender.ts";
import { leastLoaded } from "./least_loaded.ts";

/** Bare workers and one task per message: the speed of the platform without any optimization. */
export const contender: Contender = {
  start({ maxWorkers }) {
    const url = new URL("../tasks/raw_worker.ts", import.meta.url);
    const waiting = new Map<number, (output: unknown) => void>();
    let ids = 0;
    const lanes = Array.from({ length: maxWorkers }, () => {
      const lane = { worker: new Worker(url, { type: "module" }), inFlight: 0 };
      lane.worker.onmessage = ({ data: { id, output } }) => {
        lane.inFlight--;
        waiting.get(id)?.(output);
        waiting.delete(id);
      };
      return lane;
    });
    return Promise.resolve({
      run<Name extends TaskName>(task: Name, input: unknown, transfer: ArrayBuffer[] = []) {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        const lane = leastLoaded(lanes);
        const id = ids++;
        lane.inFlight++;
        waiting.set(id, resolve);
        lane.worker.postMessage({ id, task, input }, transfer);
        return promise as Promise<Output<Name>>;
      },
      close() {
        for (const { worker } of lanes) worker.terminate();
        return Promise.resolve();
      },
    });
  },
};
