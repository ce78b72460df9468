import { fileURLToPath } from "node:url";
import workerpool from "npm:workerpool@10.0.3";
import type { Output, TaskName } from "../tasks/tasks.ts";
import type { Contender } from "./contender.ts";

/**
 * As its documentation advises: a dedicated worker script, and workers that exist from the start.
 * It chooses the kind of its workers itself, as its web workers do not start under Deno.
 */
export const contender: Contender = {
  version: "10.0.3",
  start({ maxWorkers }) {
    const script = fileURLToPath(new URL("../tasks/workerpool_worker.ts", import.meta.url));
    const pool = workerpool.pool(script, { minWorkers: "max", maxWorkers });
    return Promise.resolve({
      run: <Name extends TaskName>(task: Name, input: unknown, transfer?: ArrayBuffer[]) =>
        pool.exec(task, [input], transfer && { transfer }) as unknown as Promise<Output<Name>>,
      async close() {
        await pool.terminate();
      },
    });
  },
};
