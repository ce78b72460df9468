import { createFlow, FlowRuntime, type NodeContext } from "npm:flowcraft@2.10.1";
import type { FlowContender } from "./contender.ts";

type Context = Record<string, unknown>;

const STAGES = ["first", "second", "third", "fourth", "fifth"];

/**
 * Runs in this process, without workers. As its documentation advises: one runtime and one flow for
 * all runs, no logger. Without an event log, it stores the outputs of the nodes but no history.
 */
export const contender: FlowContender = {
  version: "2.10.1",
  start() {
    const runtime = new FlowRuntime<Context, Context>();
    const flow = createFlow<Context>("five stages");
    for (const [i, id] of STAGES.entries()) {
      flow.node(id, async ({ input, context }: NodeContext<Context>) => {
        const value = i === 0 ? await context.get("start") : input;
        return { output: value as number + 1 };
      });
      const before = STAGES[i - 1];
      if (before !== undefined) flow.edge(before, id);
    }
    return Promise.resolve({
      renew: () => Promise.resolve(),
      async runJobs(count) {
        const running = Array.from({ length: count }, (_, start) => flow.run(runtime, { start }));
        const results = await Promise.all(running);
        return () => results.map(({ context }) => context.fifth);
      },
      close: () => Promise.resolve(),
    });
  },
};
