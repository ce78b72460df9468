import { FixedThreadPool } from "npm:poolifier-web-worker@0.5.15";
import type { Output, TaskName } from "../tasks/tasks.ts";
import type { Contender } from "./contender.ts";

/**
 * As its documentation advises: a fixed pool, events off. Its tasks queue is off by default: with
 * the queue and task stealing, one of two workers soon does all the work under Deno. The number of
 * tasks that a worker executes at once can be limited only with the queue, so it is on for waiting
 * tasks, without task stealing. It cannot move a result, so `move` is answered with a copy.
 */
export const contender: Contender = {
  version: "0.5.15",
  start({ maxWorkers, tasks }) {
    const worker = new URL("../tasks/poolifier_worker.ts", import.meta.url);
    const pool = new FixedThreadPool<unknown, unknown>(maxWorkers, worker, {
      enableEvents: false,
      ...typeof tasks === "object" && {
        enableTasksQueue: true,
        tasksQueueOptions: {
          concurrency: Math.ceil(tasks.concurrency / maxWorkers),
          taskStealing: false,
          tasksStealingOnBackPressure: false,
        },
      },
    });
    return Promise.resolve({
      run: <Name extends TaskName>(task: Name, input: unknown, transfer?: ArrayBuffer[]) =>
        pool.execute(input, task, undefined, transfer) as Promise<Output<Name>>,
      close: () => pool.destroy(),
    });
  },
};
