import { FixedQueue, Piscina } from "npm:piscina@5.3.2";
import type { Contender } from "./contender.ts";

/**
 * As its documentation advises: threads that stay, the faster queue, no timing. Several tasks per
 * worker, as in its own benchmark, double its burst. Busy tasks get the default of one, as a long
 * task would otherwise block those behind it. For waiting tasks, the limit is divided among the
 * workers.
 */
export const contender: Contender = {
  version: "5.3.2",
  start({ maxWorkers, tasks }) {
    const pool = new Piscina({
      filename: new URL("../tasks/piscina_worker.ts", import.meta.url).href,
      minThreads: maxWorkers,
      maxThreads: maxWorkers,
      taskQueue: new FixedQueue(),
      recordTiming: false,
      concurrentTasksPerWorker: typeof tasks === "object"
        ? Math.ceil(tasks.concurrency / maxWorkers)
        : tasks === "tiny"
        ? 16
        : 1,
    });
    return Promise.resolve({
      run: (name, input, transferList) =>
        pool.run(input, transferList === undefined ? { name } : { name, transferList }),
      close: () => pool.destroy(),
    });
  },
};
