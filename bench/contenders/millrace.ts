import type { EventPort, Routine, Slot } from "@millrace/flow";
import { type RunOptions, WorkerPool } from "@millrace/flow/pool";
import type { None } from "@millrace/flow/types";
import config from "../../deno.json" with { type: "json" };
import * as routines from "../tasks/routines.ts";
import type { Output, TaskName } from "../tasks/tasks.ts";
import type { Contender, Session } from "./contender.ts";

type AnyTask = Routine<{ input: Slot<unknown> }, { output: EventPort<unknown> }, None>;

export const contender: Contender = {
  version: config.version,
  start({ maxWorkers, tasks }) {
    const pool = new WorkerPool({
      maxWorkers,
      // Workers stay between rounds, as ending idle workers is not measured.
      idleTimeout: Infinity,
      ...typeof tasks === "object" && { concurrency: tasks.concurrency },
    });
    const run = <Name extends TaskName>(task: Name, input: unknown, transfer?: ArrayBuffer[]) => {
      const routine = routines[task] as unknown as AnyTask;
      const options: RunOptions<None> | undefined = transfer && { transfer };
      const effects = pool.run(routine, "input", input, options);
      // A no-op has no result, so its caller awaits the effects.
      const output: Promise<unknown> = task === "noop"
        ? effects
        : effects.then(({ emits }) => emits[0]?.payload);
      return output as Promise<Output<Name>>;
    };
    const session: Session = { run, close: () => pool.close() };
    return Promise.resolve(session);
  },
};
