/**
 * The numbers of a run, and the course of its jobs, as plain data.
 *
 * @module
 */

export type { ConnectionShape, GraphShape, RoutineShape } from "../src/run/graph_shape.ts";
export type * from "../src/run/job_query.ts";
export type * from "../src/run/run_snapshot.ts";
export {
  type ActivationOutcome,
  type AttemptOutcome,
  type JobTrace,
  type TracedActivation,
  type TracedAttempt,
  type TracedWait,
} from "../src/run/job_trace.ts";
