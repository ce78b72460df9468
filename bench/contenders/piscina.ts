import { FixedQueue, Piscina } from "npm:piscina@5.3.2";
import type { Contender } from "./contender.ts";

/**
 * As its documentation advises: threads that stay, the faster queue, no timing. Several tasks on
 * their way to a worker, which its own benchmark does too, double its burst; busy tasks get the
 * default of one, or a long one would hold those behind it. Tasks that wait get their share of the
 * limit.
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
