import type { Binding } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { ActivationTask, type TaskHost } from "../../src/flow/activation_task.ts";
import { Bench } from "../engine/harness.ts";
import { collector } from "../routines/basics.ts";

const binding: Binding = { routine: collector, config: {}, flowId: "flow", routineId: "source" };

for (const isInterrupted of [false, true]) {
  const what = isInterrupted ? "a repeated start" : "the start";
  Deno.test(`ActivationTask.begin() reports ${what}`, () => {
    const bench = new Bench();
    bench.start();
    const { job, live } = bench.engine.take()!;
    const reports: string[] = [];
    const host: Partial<TaskHost> = {
      dispatch: (_, { type }) => void reports.push(type),
      rateOf: () => undefined,
      // Counts to the rate of the routine as another start.
      restarted: () => void reports.push("restarted"),
    };
    const task = new ActivationTask(host as TaskHost, job, live, binding, false, isInterrupted);
    task.begin("w1");
    assertEquals(reports, [isInterrupted ? "restarted" : "begin"]);
  });
}
