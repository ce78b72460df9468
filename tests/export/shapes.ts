import type { GraphShape } from "../../src/run/graph_shape.ts";
import { RunModel } from "../../src/run/run_model.ts";
import type { RunSnapshot } from "../../src/run/run_snapshot.ts";

/** A flow of three routines, with a connection for failures. */
export const ORDERS: GraphShape = {
  routines: [
    { routineId: "parse", slots: ["text"], events: ["order"] },
    { routineId: "store", slots: ["order"], events: [] },
    { routineId: "gather", slots: ["failed"], events: [] },
  ],
  connections: [
    { from: "parse", event: "order", to: "store", slot: "order" },
    { from: "parse", event: "$error", to: "gather", slot: "failed" },
  ],
};

/** The numbers of a flow that has not begun. */
export function noNumbers(graph: GraphShape = ORDERS, flowId = "orders"): RunSnapshot {
  const moment = { flowId, status: "running", at: 0 } as const;
  return new RunModel({ graph }).snapshot({ ...moment, maxWorkers: 4, concurrency: undefined });
}

/** The numbers of a flow after some activations. */
export function someNumbers(): RunSnapshot {
  const none = noNumbers();
  const [parse, ...others] = none.routines;
  const [order, failed] = none.connections;
  return {
    ...none,
    routines: [{ ...parse!, completed: 12, failed: 1, retried: 2, executing: 3 }, ...others],
    connections: [{ ...order!, delivered: 12 }, { ...failed!, delivered: 1 }],
  };
}
